/** What the main thread asks of the store's worker, and what it answers. Everything here survives a structured clone. */
import type { EventRow, HistoryQuery } from './history.ts';
import type { PackedAppend, PackedOutcome } from './packed-append.ts';
import type { SqlRow, SqlValue } from './sql-value.ts';

export type WorkerRequest =
  /** Always the first. */
  | { readonly kind: 'open'; readonly databasePath: string; readonly lockPath: string }
  /** One statement of Kysely's. */
  | { readonly kind: 'query'; readonly sql: string; readonly parameters: readonly SqlValue[] }
  /** Ends a transaction that failed, also where SQLite has ended it already. */
  | { readonly kind: 'rollback' }
  /** One durable transaction; waits while a transaction of Kysely's is open. */
  | { readonly kind: 'ingest'; readonly appends: readonly PackedAppend[] }
  | { readonly kind: 'history'; readonly query: HistoryQuery }
  /** Drops the tables of all days before this one; waits like ingest. */
  | { readonly kind: 'dropDays'; readonly before: number }
  /** Always the last: the worker ends after it. */
  | { readonly kind: 'close' };

export interface QueryReply {
  readonly rows: readonly SqlRow[];
  readonly changes: number;
  readonly lastRowId: bigint;
}

export interface WorkerReplies {
  readonly open: undefined;
  readonly query: QueryReply;
  readonly rollback: undefined;
  readonly ingest: readonly PackedOutcome[];
  readonly history: readonly EventRow[];
  readonly dropDays: number;
  readonly close: undefined;
}

export type RequestOf<K extends keyof WorkerReplies> = Extract<WorkerRequest, { readonly kind: K }>;

/** What went wrong in the worker: SQLite's code (`SQLITE_FULL`), or empty where it was not SQLite's. */
export interface WorkerFailure {
  readonly code: string;
  readonly message: string;
}

export interface RequestEnvelope {
  readonly id: number;
  readonly request: WorkerRequest;
}

export type ReplyEnvelope =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: WorkerFailure };
