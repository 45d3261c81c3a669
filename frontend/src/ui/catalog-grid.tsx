import { SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/lib/texts";
import classes from "./catalog-grid.module.css";
import { EmptyState } from "./empty-state";
import { SearchInput } from "./search-input";
import { ToLink } from "./to-link";
import { TypeIcon } from "./type-icon";

export interface CatalogEntry {
  type: string;
  title: string;
  description: string;
  category: string;
  /** Where choosing it leads. */
  to: string;
  search?: Record<string, unknown>;
  tags?: readonly string[];
  foot?: ReactNode;
}

interface Props {
  label: string;
  entries: readonly CatalogEntry[];
  categories: Record<string, string>;
  q: string;
  category: string;
  onChange: (filter: { q?: string; category?: string }) => void;
}

/** Types to choose from, by search and category. */
export function CatalogGrid({ label, entries, categories, q, category, onChange }: Props) {
  const present = Object.keys(categories).filter((one) => entries.some((entry) => entry.category === one));
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = entries.filter((entry) => {
    const text = `${entry.type} ${entry.title} ${entry.description} ${entry.tags?.join(" ") ?? ""}`.toLowerCase();
    return (!category || entry.category === category) && words.every((word) => text.includes(word));
  });
  return (
    <>
      <div className={classes.tools}>
        <div className={classes.search}>
          <SearchInput value={q} label={label} onChange={(next) => onChange({ q: next })} />
        </div>
        <SegmentedControl
          aria-label={t.common.filter}
          value={category}
          onChange={(next) => onChange({ category: next })}
          data={[
            { value: "", label: t.common.all },
            ...present.map((one) => ({ value: one, label: categories[one] ?? one })),
          ]}
        />
      </div>
      {shown.length === 0 ? (
        <EmptyState title={t.common.noMatch} hint={t.common.noMatchHint} />
      ) : (
        <ul className={classes.grid}>
          {shown.map((entry) => (
            <li key={entry.type} className={classes.card}>
              <TypeIcon type={entry.type} category={entry.category} size={22} />
              <div className={classes.words}>
                <ToLink to={entry.to} {...(entry.search ? { search: entry.search } : {})} className={classes.title}>
                  {entry.title}
                </ToLink>
                <p className={classes.about}>{entry.description}</p>
                <div className={classes.tags}>
                  {entry.tags?.map((tag) => (
                    <span key={tag}>{tag}</span>
                  ))}
                  {entry.foot}
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
