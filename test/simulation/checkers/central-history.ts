/** The central history as it lies on the controller's disk: what is committed, read by somebody else. */
import Database from 'better-sqlite3';
import type { SimulatedController } from '../controller/simulated-controller.ts';

export interface CentralEvent {
  readonly position: bigint;
  readonly epoch: string;
  readonly seq: bigint;
  readonly kind: string;
  readonly body: Uint8Array;
}

export class CentralHistory implements Disposable {
  readonly #controller: SimulatedController;
  #database: Database.Database | undefined;
  #restores = 0;

  constructor(controller: SimulatedController) {
    this.#controller = controller;
  }

  /** Of a host, in the order of positions; of one epoch above a number where that is given. */
  eventsOf(hostId: string, epoch?: string, aboveSeq = 0n): readonly CentralEvent[] {
    const db = this.#open();
    const days = db.prepare('select day from event_days').all() as { day: bigint }[]; // the column is named above
    const ofEpoch = epoch === undefined ? '' : 'and s.epoch = ?';
    const parameters = epoch === undefined ? [hostId, aboveSeq] : [hostId, aboveSeq, epoch];
    const events = days.flatMap(({ day }) => {
      const query = db.prepare(
        `select e.position, s.epoch, e.seq, e.kind, e.body from events_${String(day).padStart(8, '0')} e
         join event_sources s on s.source = e.source where s.host_id = ? and e.seq > ? ${ofEpoch}`,
      );
      return query.all(...parameters) as CentralEvent[]; // its fields are the columns
    });
    return events.toSorted((a, b) => Number(a.position - b.position));
  }

  /** What became of every command on every host. */
  commands(): readonly { readonly commandId: string; readonly hostId: string; readonly outcome: string }[] {
    const query = this.#open().prepare('select command_id as commandId, host_id as hostId, outcome from host_commands');
    return query.all() as ReturnType<CentralHistory['commands']> & unknown[]; // its fields are the columns
  }

  /** The bytes of one revision of a config file. */
  contentOf(file: string, revision: bigint): Uint8Array | undefined {
    const query = this.#open().prepare('select content from config_revisions where file = ? and revision = ?');
    return (query.get(file, revision) as { content: Uint8Array } | undefined)?.content; // the column is named
  }

  /** How a rollout stands or has ended; undefined when there is none of that id. */
  rolloutState(rolloutId: string): string | undefined {
    const query = this.#open().prepare('select state from rollouts where rollout_id = ?');
    return (query.get(rolloutId) as { state: string } | undefined)?.state; // the column is named
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Anew where another file has been put in its place. */
  #open(): Database.Database {
    if (this.#restores !== this.#controller.restores) this[Symbol.dispose]();
    this.#restores = this.#controller.restores;
    if (this.#database === undefined) {
      this.#database = new Database(this.#controller.databasePath, { readonly: true });
      this.#database.defaultSafeIntegers(true);
    }
    return this.#database;
  }
}
