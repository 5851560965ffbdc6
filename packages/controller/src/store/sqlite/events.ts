/** The central history on SQLite: checks and gathers on the main thread, stores and reads in the worker. */
import { FleetError } from '@fleetvisor/primitives';
import type { Kysely } from 'kysely';
import type { AppendOutcome, EventFilter, EventSource, EventStore, NewEvent, StoredEvent } from '../events.ts';
import { eventDay } from './event-day.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { EventRow, HistoryQuery } from './history.ts';
import { type PackedOutcome, packAppend, transferables } from './packed-append.ts';
import type { Schema } from './schema.ts';
import type { WorkerClient } from './worker-client.ts';

const highestInteger = 2n ** 63n - 1n;

interface Append {
  readonly source: EventSource;
  readonly events: readonly NewEvent[];
  readonly receivedAtUs: bigint;
}

export interface SqliteEventsOptions
  extends Pick<GroupCommitOptions<Append, AppendOutcome>, 'clock' | 'waitMs' | 'rowsMax' | 'rowsWaitingMax'> {
  readonly db: Kysely<Schema>;
  readonly client: WorkerClient;
  /** Called after each commit. */
  readonly written: () => void;
}

export class SqliteEvents implements EventStore, AsyncDisposable {
  readonly #options: SqliteEventsOptions;
  readonly #appends: GroupCommit<Append, AppendOutcome>;

  constructor(options: SqliteEventsOptions) {
    this.#options = options;
    this.#appends = new GroupCommit({ ...options, commit: (appends) => this.#commit(appends) });
  }

  get backlog(): number {
    return this.#appends.waitingRows / this.#options.rowsWaitingMax;
  }

  async append(source: EventSource, events: readonly NewEvent[], receivedAtUs: bigint): Promise<AppendOutcome> {
    for (const { seq } of events) {
      // One bad number must not fail the commit of all the others that wait with it.
      if (seq >= 1n && seq <= highestInteger) continue;
      throw new FleetError('invalid', `cannot store an event of ${source.host}: its number is ${seq}`, { seq });
    }
    return this.#appends.add({ source, events, receivedAtUs }, events.length);
  }

  async ackedSeq(hostId: string, epoch: string): Promise<bigint> {
    const row = await this.#options.db
      .selectFrom('event_sources')
      .select('acked_seq')
      .where('host_id', '=', hostId)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return row?.acked_seq ?? 0n;
  }

  async newestPosition(): Promise<bigint> {
    const { newest_position } = await this.#options.db
      .selectFrom('event_counter')
      .select('newest_position')
      .executeTakeFirstOrThrow();
    return newest_position;
  }

  async droppedPosition(): Promise<bigint> {
    const { dropped_position } = await this.#options.db
      .selectFrom('event_counter')
      .select('dropped_position')
      .executeTakeFirstOrThrow();
    return dropped_position;
  }

  after(position: bigint, filter: EventFilter, limit: number): Promise<readonly StoredEvent[]> {
    return this.#read({ direction: 'newer', from: position, limit, ...filter });
  }

  newest(before: bigint, filter: EventFilter, limit: number): Promise<readonly StoredEvent[]> {
    return this.#read({ direction: 'older', from: before === 0n ? highestInteger : before, limit, ...filter });
  }

  dropDaysBefore(us: bigint): Promise<number> {
    return this.#options.client.call({ kind: 'dropDays', before: eventDay(us) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#appends[Symbol.asyncDispose]();
  }

  async #commit(appends: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const packed = appends.map((append) => packAppend(append.source, append.events, append.receivedAtUs));
    const outcomes = await this.#options.client.call({ kind: 'ingest', appends: packed }, transferables(packed));
    this.#options.written();
    return appends.map((append, i) => outcomeOf(append, outcomes[i]));
  }

  async #read(query: HistoryQuery): Promise<readonly StoredEvent[]> {
    if (query.limit < 1 || query.hostIds?.length === 0) return [];
    const rows = await this.#options.client.call({ kind: 'history', query });
    return rows.map(storedEvent);
  }
}

function outcomeOf(append: Append, packed: PackedOutcome | undefined): AppendOutcome {
  if (packed === undefined) throw new FleetError('internal', 'the store answered for fewer appends than it was given');
  const stored = packed.fresh.flatMap((index, nth): StoredEvent[] => {
    const event = append.events[index];
    if (event === undefined) return [];
    const position = packed.firstPosition + BigInt(nth);
    return [{ ...event, ...append.source, position, receivedAtUs: append.receivedAtUs }];
  });
  return { ackedSeq: packed.ackedSeq, stored, conflicts: packed.conflicts };
}

function storedEvent(row: EventRow): StoredEvent {
  return {
    position: row.position,
    hostId: row.host_id,
    host: row.host,
    epoch: row.epoch,
    seq: row.seq,
    atUs: row.at_us,
    receivedAtUs: row.received_at_us,
    kind: row.kind,
    group: row.process_group,
    process: row.process,
    body: row.body,
  };
}
