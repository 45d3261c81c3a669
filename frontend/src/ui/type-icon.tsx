import {
  IconApi,
  IconBrandMysql,
  IconBucket,
  IconCode,
  IconCopyOff,
  IconDatabase,
  IconEyeOff,
  IconFeather,
  IconFileDatabase,
  IconFilter,
  IconFolder,
  IconLink,
  IconMathFunction,
  IconPaint,
  IconPlug,
  IconRulerMeasure,
  IconSchema,
  IconShieldCheck,
  IconSitemap,
  IconSql,
  IconTableOptions,
} from "@tabler/icons-react";
import classes from "./type-icon.module.css";

const BY_TYPE: Record<string, typeof IconPlug> = {
  files: IconFolder,
  postgres: IconDatabase,
  mysql: IconBrandMysql,
  sqlite: IconFileDatabase,
  duckdb: IconFeather,
  rest: IconApi,
  http: IconApi,
  s3: IconBucket,
  anonymize: IconEyeOff,
  cast: IconRulerMeasure,
  deduplicate: IconCopyOff,
  derive: IconMathFunction,
  fill: IconPaint,
  filter: IconFilter,
  flatten: IconSitemap,
  lookup: IconLink,
  python: IconCode,
  quality: IconShieldCheck,
  schema: IconSchema,
  select: IconTableOptions,
  sql: IconSql,
};
const BY_CATEGORY: Record<string, typeof IconPlug> = {
  database: IconDatabase,
  files: IconFolder,
  api: IconApi,
  quality: IconShieldCheck,
  privacy: IconEyeOff,
  schema: IconSchema,
  transform: IconTableOptions,
  code: IconCode,
};

interface Props {
  type: string;
  category?: string;
  size?: number;
}

/** A type's sign on its tile; a type we do not know gets that of its category. */
export function TypeIcon({ type, category = "", size = 20 }: Props) {
  const Icon = BY_TYPE[type] ?? BY_CATEGORY[category] ?? IconPlug;
  return (
    <span className={classes.tile} style={{ width: size * 1.8, height: size * 1.8 }} aria-hidden>
      <Icon size={size} stroke={1.6} />
    </span>
  );
}
