/** The nouns of the REST API, as SERVER answers them. Times are ISO 8601 in UTC, ids UUID texts. */

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Ref {
  id: string;
  name: string;
}

export interface ErrorInfo {
  code: string;
  message: string;
  hint?: string | null;
}

export type JsonSchema = Record<string, unknown>;
export type Config = Record<string, unknown>;
export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };

export interface TableData {
  columns: { name: string; type: string }[];
  rows: Cell[][];
}

export type Role = "viewer" | "operator" | "editor" | "admin";

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  enabled: boolean;
  has_password: boolean;
  revision: number;
  created_at: string;
}

export interface Session {
  user: User;
  via: "session" | "token";
  version: string;
}

export interface ConnectorType {
  type: string;
  title: string;
  description: string;
  category: "database" | "files" | "api" | "other" | (string & {});
  source: boolean;
  destination: boolean;
  distribution: string;
  version: string;
}

export interface ConnectorTypeDetail extends ConnectorType {
  config_schema: JsonSchema;
  docs: string;
  write_strategies: string[];
}

export interface ProcessorType {
  type: string;
  title: string;
  description: string;
  category: "quality" | "privacy" | "schema" | "transform" | "code" | (string & {});
  distribution: string;
  version: string;
}

export interface ProcessorTypeDetail extends ProcessorType {
  config_schema: JsonSchema;
  docs: string;
  example: unknown;
}

interface Component {
  id: string;
  name: string;
  type: string;
  config: Config;
  /** Paths of the secrets that are stored; their values never leave the server. */
  secrets: string[];
  description: string | null;
  revision: number;
  created_at: string;
  updated_at: string;
  used_by: Ref[];
}

export interface Connector extends Component {
  last_check: { ok: boolean; at: string; message: string | null } | null;
}

export type Processor = Component;

export interface ComponentInput {
  name: string;
  type: string;
  config: Config;
  description?: string | null;
}

export interface CheckResult {
  ok: boolean;
  took_s: number;
  sides: { side: "source" | "destination"; ok: boolean; message: string | null; error: ErrorInfo | null }[];
}

export interface StreamInfo {
  name: string;
  columns: { name: string; type: string; nullable: boolean }[];
  primary_key: string[];
  cursors: string[];
  row_estimate: number | null;
}

export interface StreamPage extends Page<StreamInfo> {
  refreshed_at: string | null;
}

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

/** Rows that a step set aside; a row is a list in the order of the columns, or an object by their names. */
export interface RejectedData {
  columns: { name?: string; type?: string }[];
  rows: (Cell[] | Record<string, Cell>)[];
}

export interface TryResult {
  before: TableData;
  after: TableData;
  rejected: RejectedData;
  changed: number[][];
  sql: { duckdb: string | null; spark: string | null };
}

export type RunStatus = "queued" | "running" | "retrying" | "cancelling" | "succeeded" | "failed" | "cancelled";
export type Trigger = "manual" | "api" | "schedule" | "after" | "retry" | "replay" | "backfill";

export interface RecentRun {
  run_id: string;
  status: RunStatus;
  started_at: string | null;
  took_s: number | null;
  rows_written: number | null;
  rows_rejected: number | null;
}

export interface RowCounts {
  read: number;
  filtered: number;
  rejected: number;
  deduplicated: number;
  written: number;
}

export interface RunSummary {
  id: string;
  pipeline: Ref;
  version: number | null;
  status: RunStatus;
  trigger: Trigger;
  attempt: number;
  requested_by: string | null;
  schedule: Ref | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  took_s: number | null;
  rows: RowCounts | null;
  bytes: number | null;
  error: ErrorInfo | null;
  retry_of: string | null;
}

export interface StreamProgress {
  read: number;
  filtered: number;
  rejected: number;
  deduplicated: number;
  passed: number;
  row_estimate: number | null;
  rows_per_s: number | null;
}

export type Progress = Record<string, StreamProgress>;

export interface Attempt {
  attempt: number;
  worker: string | null;
  started_at: string | null;
  finished_at: string | null;
  status: RunStatus;
  error: ErrorInfo | null;
  cpu_s: number | null;
  peak_memory_bytes: number | null;
}

export interface RunDetail extends RunSummary {
  parameters: Record<string, unknown>;
  document: Config;
  report: Record<string, unknown> | null;
  progress: Progress | null;
  attempts: Attempt[];
}

export interface LogLine {
  id: number;
  at: string;
  attempt: number;
  level: string;
  stream: string | null;
  event: string | null;
  message: string;
  facts: Record<string, unknown> | null;
}

export interface LogPage {
  items: LogLine[];
  more_before: boolean;
  more_after: boolean;
}

export interface TimelineStep {
  stream: string;
  step: "read" | "load" | (string & {});
  /** Where a step of kind load wrote to. */
  destination?: string | null;
  attempt: number;
  started_at: string;
  finished_at: string | null;
  status: string;
}

export interface Pipeline {
  id: string;
  name: string;
  description: string | null;
  revision: number;
  version: number;
  created_at: string;
  updated_at: string;
  last_run: RunSummary | null;
  recent: RecentRun[];
  schedules: { id: string; name: string; explanation: string; next_at: string | null; enabled: boolean }[];
}

export interface PipelineDetail extends Pipeline {
  document: Config;
}

export interface PipelineInput {
  name: string;
  document: Config;
  /** Why, for the list of versions. */
  message?: string | null;
}

export interface Schedule {
  id: string;
  name: string;
  pipeline: Ref;
  document: Config;
  explanation: string;
  timezone: string;
  enabled: boolean;
  next_at: string | null;
  revision: number;
  created_at: string;
  updated_at: string;
}

export interface Tick {
  due_at: string;
  state: "next" | "fired" | "skipped" | "missed";
  reason: string | null;
  run_id: string | null;
  late_s: number | null;
}

export interface QuarantineFile {
  id: string;
  /** Null when the run has been deleted. */
  run_id: string | null;
  pipeline: Ref;
  stream: string;
  rows: number;
  open_rows: number;
  size_bytes: number;
  rules: { step: number; step_name: string; rule: string; rows: number }[];
  created_at: string;
}

export type RowStatus = "open" | "replayed" | "dismissed";

export interface QuarantineRow {
  row: number;
  step: number;
  step_name: string;
  rules: { id: string; column: string | null }[];
  messages: string[];
  /** Null when it could not be parsed; then `source.text` is what was read. */
  record: Record<string, Cell> | null;
  edited: Record<string, Cell> | null;
  source: { text: string | null; file: string | null; line: number | null };
  status: RowStatus;
  note: string | null;
  rejected_at: string;
}

export interface DayFigures {
  day: string;
  runs: number;
  succeeded: number;
  failed: number;
  rows_read: number;
  rows_written: number;
  rows_rejected: number;
  bytes: number;
}

export interface Overview {
  pipelines: { id: string; name: string; recent: RecentRun[] }[];
  running: RunSummary[];
  failed: RunSummary[];
  next: { schedule: Ref; pipeline: Ref; due_at: string }[];
  days: DayFigures[];
}

export interface Change {
  kind: string;
  name: string;
  action: "create" | "update" | "delete" | "none";
  diff: string | null;
}

export interface Token {
  id: string;
  name: string;
  role: Role;
  /** The first letters of the token, to tell it from others. */
  hint: string;
  created_at: string;
  used_at: string | null;
  expires_at: string | null;
}

export interface NewToken extends Token {
  token: string;
}

export interface SecretName {
  name: string;
  created_at: string;
  updated_at: string;
}

export interface SignInLink {
  url: string;
  expires_at: string;
}
