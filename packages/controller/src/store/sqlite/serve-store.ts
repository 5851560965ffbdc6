/** What the store's worker does with each request. Knows no thread: worker.ts gives it one. Worker only. */
import { messageOf } from '@fleetvisor/primitives';
import { Connection } from './connection.ts';
import { DayTables } from './day-tables.ts';
import { History } from './history.ts';
import { Ingest } from './ingest.ts';
import type { ReplyEnvelope, RequestEnvelope, WorkerFailure, WorkerRequest } from './worker-protocol.ts';

interface Events {
  readonly days: DayTables;
  readonly ingest: Ingest;
  readonly history: History;
}

class Desk {
  readonly #connection: Connection;
  #events: Events | undefined;

  constructor(databasePath: string, lockPath: string) {
    this.#connection = new Connection(databasePath, lockPath);
  }

  get inTransaction(): boolean {
    return this.#connection.database.inTransaction;
  }

  answer(request: Exclude<WorkerRequest, { kind: 'open' }>): unknown {
    switch (request.kind) {
      case 'query':
        return this.#connection.query(request.sql, request.parameters);
      case 'rollback':
        return this.#connection.rollback();
      case 'ingest':
        return this.#log().ingest.run(request.appends);
      case 'history':
        return this.#log().history.read(request.query);
      case 'dropDays':
        return this.#log().days.dropBefore(request.before);
      case 'close':
        return this.#connection.close();
    }
  }

  /** Made when it is first asked for: the migrations have to run before. */
  #log(): Events {
    if (this.#events === undefined) {
      const { database, prepare } = this.#connection;
      const days = new DayTables(database);
      this.#events = { days, ingest: new Ingest(database, days), history: new History(days, prepare) };
    }
    return this.#events;
  }
}

/**
 * Answers what is asked of the store, one after the other.
 * @param reply sends an answer back
 * @param ended called once the store has been closed: nothing is asked after that
 * @returns takes the next request
 */
export function serveStore(
  reply: (envelope: ReplyEnvelope) => void,
  ended: () => void,
): (envelope: RequestEnvelope) => void {
  let desk: Desk | undefined;
  /** Writes that came in the middle of a transaction of Kysely's; the main thread has at most one of each under way. */
  let held: RequestEnvelope[] = [];

  const serve = ({ id, request }: RequestEnvelope) => {
    let envelope: ReplyEnvelope;
    try {
      envelope = { id, ok: true, value: answer(request) };
    } catch (error) {
      envelope = { id, ok: false, failure: failureOf(error) };
    }
    reply(envelope);
    if (request.kind === 'close') ended();
  };

  const answer = (request: WorkerRequest): unknown => {
    if (request.kind === 'open') {
      desk = new Desk(request.databasePath, request.lockPath);
      return undefined;
    }
    if (desk === undefined) throw new Error('the database is not open');
    return desk.answer(request);
  };

  return (envelope) => {
    const { kind } = envelope.request;
    if (desk?.inTransaction && (kind === 'ingest' || kind === 'dropDays')) {
      held.push(envelope);
      return;
    }
    serve(envelope);
    if (held.length === 0 || desk?.inTransaction) return;
    const waiting = held;
    held = [];
    for (const one of waiting) serve(one);
  };
}

function failureOf(error: unknown): WorkerFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { code, message: messageOf(error) };
}
