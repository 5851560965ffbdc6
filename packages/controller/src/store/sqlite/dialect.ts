/** Kysely on top of the store's worker: each statement is one message, each transaction has the connection to itself. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { ConnectionLease } from './connection-lease.ts';
import type { SqlValue } from './sql-value.ts';
import type { WorkerClient } from './worker-client.ts';

export class WorkerDialect implements Dialect {
  readonly #client: WorkerClient;

  constructor(client: WorkerClient) {
    this.#client = client;
  }

  createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }

  createDriver(): Driver {
    return new WorkerDriver(this.#client);
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  /** SQLite rolls DDL back; Kysely says it does not, and would run migrations outside a transaction. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /** There is one, and our driver hands it out in order and with a bound; Kysely's own queue has none. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class WorkerDriver implements Driver {
  readonly #client: WorkerClient;
  readonly #connection: WorkerConnection;
  readonly #lease = new ConnectionLease();

  constructor(client: WorkerClient) {
    this.#client = client;
    this.#connection = new WorkerConnection(client);
  }

  async init(): Promise<void> {
    // The worker was started, and the database opened, before the dialect was made.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#lease.take();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#lease.give();
  }

  async beginTransaction(): Promise<void> {
    await this.#client.call({ kind: 'query', sql: 'begin immediate', parameters: [] });
  }

  async commitTransaction(): Promise<void> {
    await this.#client.call({ kind: 'query', sql: 'commit', parameters: [] });
  }

  async rollbackTransaction(): Promise<void> {
    await this.#client.call({ kind: 'rollback' });
  }

  async destroy(): Promise<void> {
    // The client is closed by the store, which owns it.
  }
}

class WorkerConnection implements DatabaseConnection {
  readonly #client: WorkerClient;

  constructor(client: WorkerClient) {
    this.#client = client;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters as readonly SqlValue[]; // the schema's types allow nothing else
    const reply = await this.#client.call({ kind: 'query', sql: query.sql, parameters });
    return {
      rows: reply.rows as readonly R[] as R[], // the query's type says what a row is
      numAffectedRows: BigInt(reply.changes),
      insertId: reply.lastRowId,
    };
  }

  /** Every list of the store has a limit: a stream is one chunk. */
  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}
