import { HttpResponse } from "msw";
import type { Finding } from "@/api/problem";
import type { Connector, ConnectorType, ConnectorTypeDetail, ProcessorType } from "@/api/types";

/** What the server answers, whole and typed, so that a test says only what it is about. */
export const connectorType = (more: Partial<ConnectorTypeDetail> = {}): ConnectorTypeDetail => ({
  type: "postgres",
  title: "PostgreSQL",
  description: "Tables and views of a PostgreSQL database.",
  distribution: "headwater",
  version: "0.1.0",
  category: "database",
  source: true,
  destination: true,
  config_schema: {
    type: "object",
    additionalProperties: false,
    required: ["host"],
    properties: {
      host: { type: "string", title: "Host", minLength: 2 },
      port: { type: "integer", title: "Port", maximum: 65535 },
      password: { type: "string", format: "password", writeOnly: true, title: "Password" },
    },
  },
  docs: "## PostgreSQL\n\nReads and writes tables.",
  write_strategies: ["replace", "append", "merge", "scd2"],
  ...more,
});

export const connector = (more: Partial<Connector> = {}): Connector => ({
  id: "3f0c7f0e-6f0e-4d0a-9d55-0d2b6a7b6a01",
  name: "shop",
  type: "postgres",
  config: { host: "db.local" },
  secrets: [],
  description: null,
  concurrency: null,
  revision: 1,
  created_at: "2026-11-01T08:00:00Z",
  updated_at: "2026-11-01T08:00:00Z",
  used_by: [],
  last_check: null,
  ...more,
});

export const listed = ({ config_schema: _, docs: __, write_strategies: ___, ...rest }: ConnectorTypeDetail) =>
  rest satisfies ConnectorType;

export const processorType = (more: Partial<ProcessorType> = {}): ProcessorType => ({
  type: "filter",
  title: "Filter",
  description: "Keeps the rows that meet a condition.",
  distribution: "headwater",
  version: "0.1.0",
  category: "transform",
  ...more,
});

export const page = <T>(items: T[]) => HttpResponse.json({ items, next: null });

/** A refusal as RFC 9457 problem+json. */
export const refused = (status: number, code: string, detail: string, problems: Finding[] = []) =>
  HttpResponse.json({ type: "about:blank", title: "Refused", status, code, detail, problems }, { status });
