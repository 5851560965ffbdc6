/** Commands of the last day by id, so that one that comes again is answered and never carried out twice. */
import type { Clock } from '@fleetvisor/primitives';
import type { ActionResult } from '../supervision/action.ts';
import type { AgentDb } from './agent-db.ts';

const keptUs = 24n * 3_600_000_000n;

export type CommandRecord =
  /** Never seen; from now on it is `begun`. */
  | { readonly kind: 'new' }
  /** Begun and not ended: it is under way, or the agent died over it and what came of it is unknown. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'done'; readonly result: ActionResult };

export class CommandLog {
  readonly #db: AgentDb;
  readonly #clock: Clock;

  constructor(db: AgentDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** What is known of the command; a new one is written down before anything is done for it. */
  begin(commandId: string): CommandRecord {
    return this.#db.transaction(() => {
      const row = this.#db.sql.prepare('SELECT result FROM commands WHERE command_id = ?').get(commandId);
      if (row !== undefined) return recordOf(row.result);
      const now = this.#clock.wallTimeUs();
      this.#db.sql.prepare('DELETE FROM commands WHERE at_us < ?').run(now - keptUs);
      this.#db.sql.prepare('INSERT INTO commands (command_id, at_us) VALUES (?, ?)').run(commandId, now);
      return { kind: 'new' };
    });
  }

  /** What is known to have come of it. */
  resultOf(commandId: string): ActionResult | undefined {
    const row = this.#db.sql.prepare('SELECT result FROM commands WHERE command_id = ?').get(commandId);
    const record = recordOf(row?.result);
    return record.kind === 'done' ? record.result : undefined;
  }

  /** Resolves when what was written down before is on the disk. @throws FleetError `internal` when the disk refuses */
  synced(): Promise<void> {
    return this.#db.synced();
  }

  /** Keeps the result for a day. */
  done(commandId: string, result: ActionResult): void {
    this.#db.transaction(() => {
      this.#db.sql
        .prepare(
          'INSERT INTO commands (command_id, at_us, result) VALUES (?1, ?2, ?3) ' +
            'ON CONFLICT (command_id) DO UPDATE SET at_us = ?2, result = ?3',
        )
        .run(commandId, this.#clock.wallTimeUs(), JSON.stringify(result));
    });
  }
}

function recordOf(result: unknown): CommandRecord {
  if (typeof result !== 'string') return { kind: 'begun' };
  return { kind: 'done', result: JSON.parse(result) as ActionResult }; // written by `done` alone
}
