/**
 * The nouns of the REST API under the names that pages use. They are the server's own: `schema.gen.ts` is written from
 * its OpenAPI description, and a difference fails the check. Times are ISO 8601 in UTC, ids UUID texts.
 */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Ref = Schemas["Named"];

export type ErrorInfo = Schemas["Fault"];

export type JsonSchema = Record<string, unknown>;
export type Config = Record<string, unknown>;
export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };

export interface TableData {
  columns: { name: string; type: string }[];
  rows: Cell[][];
}

export type Role = "viewer" | "operator" | "editor" | "admin";

export type User = Schemas["UserOut"];

export type Session = Schemas["SessionOut"];

export type ConnectorType = Schemas["ConnectorTypeOut"];

export type ConnectorTypeDetail = Schemas["ConnectorTypeDetail"];

export type ProcessorType = Schemas["ProcessorTypeOut"];

export type ProcessorTypeDetail = Schemas["ProcessorTypeDetail"];

export type Connector = Schemas["ConnectorOut"];

export type Processor = Schemas["ProcessorOut"];

export type ComponentInput = Schemas["ConnectorIn"];

export type CheckResult = Schemas["CheckOut"];

export type StreamInfo = Schemas["StreamOut"];

export type StreamPage = Schemas["StreamPage"];

export interface ColumnProfile {
  name: string;
  type: string;
  nulls: number;
  distinct: number | null;
  min: Cell;
  max: Cell;
  mean: number | null;
  top: { value: Cell; count: number }[];
  histogram: { from: number; to: number; count: number }[] | null;
}

export interface Profile {
  rows: number;
  columns: ColumnProfile[];
}

/** Rows that were set aside on the way; a step of 0 is the read. */
export interface RejectedRows {
  columns: { name: string }[];
  rows: { step: number; step_name: string; rules: string[]; messages: string[]; values: Cell[] }[];
}

export interface TryResult {
  before: TableData;
  after: TableData;
  rejected: RejectedRows;
  changed: number[][];
  sql: { duckdb: string | null; spark: string | null };
}

export type RunStatus = "queued" | "running" | "retrying" | "cancelling" | "succeeded" | "failed" | "cancelled";
export type Trigger = "manual" | "api" | "schedule" | "after" | "retry" | "replay" | "backfill";

export type RecentRun = Schemas["RecentRun"];

export type RowCounts = Schemas["RowCounts"];

export type RunSummary = Schemas["RunSummary"];

export type StreamProgress = Schemas["StreamProgress"];

export type Progress = Record<string, StreamProgress>;

export type Attempt = Schemas["AttemptOut"];

export type BulkOutcome = Schemas["BulkOut"];

export type RunDetail = Schemas["RunDetail"];

export type LogLine = Schemas["LogLine"];

export type LogPage = Schemas["LogPage"];

export type TimelineStep = Schemas["Span"];

export type Pipeline = Schemas["PipelineBrief"];

export type PipelineDetail = Schemas["PipelineOut"];

export type PipelineInput = Schemas["PipelineIn"];

export type Schedule = Schemas["ScheduleOut"];

export type Tick = Schemas["TickOut"];

export type QuarantineFile = Schemas["QuarantineOut"];

export type RowStatus = Schemas["RejectedRow"]["status"];

/** A rejected row; its record holds the cells as the step saw them. */
export type QuarantineRow = Omit<Schemas["RejectedRow"], "record" | "edited"> & {
  record: Record<string, Cell> | null;
  edited: Record<string, Cell> | null;
};

export type DayFigures = Schemas["Day"];

export type Overview = Schemas["Overview"];

export type Change = Schemas["Change"];

export type Token = Schemas["TokenOut"];

export type NewToken = Schemas["NewTokenOut"];

export type SecretName = Schemas["SecretOut"];

export type SignInLink = Schemas["SignInLinkOut"];
