/**
 * What the fleet has given this host, kept so that it runs without a controller: the desired states with their files, how
 * the newest offer fared, and whom the agent last spoke with. Decides nothing: which offer to take is the engine's word.
 */
import type { ConfigProblem } from '@fleetvisor/config';
import type { ConfigFacts, ConfigPhase, GenerationRef, Offer } from '../bridge/port.ts';
import type { AgentDb } from './agent-db.ts';

type Row = Readonly<Record<string, unknown>>;
type Role = 'offered' | 'running' | 'last-known-good';

/** Empty texts before the first session. */
export interface FleetIdentity {
  readonly fleetId: string;
  readonly incarnation: string;
}

export class FleetState {
  readonly #db: AgentDb;

  constructor(db: AgentDb) {
    this.#db = db;
  }

  /** The fleet and the store that the agent last spoke with. */
  get fleet(): FleetIdentity {
    const row = this.#db.sql.prepare('SELECT fleet_id, incarnation FROM fleet').get();
    return { fleetId: textOf(row, 'fleet_id'), incarnation: textOf(row, 'incarnation') };
  }

  /** A session stood with this fleet and store. */
  spokeWith({ fleetId, incarnation }: FleetIdentity): void {
    this.#db.transaction(() => {
      this.#db.sql.exec('DELETE FROM fleet');
      this.#db.sql
        .prepare('INSERT INTO fleet (only_row, fleet_id, incarnation) VALUES (1, ?, ?)')
        .run(fleetId, incarnation);
    });
  }

  /**
   * Takes an offer that was found valid: once this resolves it is on the disk, and ACCEPTED may be said.
   * @throws FleetError `internal` when the disk refuses.
   */
  async saveOffered(offer: Offer): Promise<void> {
    this.#db.transaction(() => {
      this.#saveFiles(offer);
      this.#setRole('offered', offer);
      this.#dropUnusedFiles();
    });
    await this.#db.synced();
  }

  /** The newest offer that was taken, with its files; undefined before the first. */
  get offered(): Offer | undefined {
    return this.#offerOf('offered');
  }

  /** What the fleet layer runs, with its files; undefined before the first. */
  get running(): Offer | undefined {
    return this.#offerOf('running');
  }

  /** What last came up well, with its files: where a failed attempt returns to. */
  get lastKnownGood(): Offer | undefined {
    return this.#offerOf('last-known-good');
  }

  /** The offer is now what the fleet layer runs. */
  setRunning(offer: Offer): void {
    this.#keep('running', offer);
  }

  /** Nothing that this host was given is known to run. */
  forgetRunning(): void {
    this.#db.transaction(() => {
      this.#db.sql.exec("DELETE FROM desired_states WHERE role = 'running'");
      this.#dropUnusedFiles();
    });
  }

  /** Everything in the offer came up and stayed up. */
  setLastKnownGood(offer: Offer): void {
    this.#keep('last-known-good', offer);
  }

  /** How the newest offer fares, also when it was refused. */
  recordAttempt(ref: GenerationRef, phase: ConfigPhase, problems: readonly ConfigProblem[]): void {
    this.#db.transaction(() => {
      this.#db.sql.exec('DELETE FROM last_attempt');
      this.#db.sql
        .prepare(
          'INSERT INTO last_attempt (only_row, incarnation, generation, hash, phase, problems) VALUES (1, ?, ?, ?, ?, ?)',
        )
        .run(ref.incarnation, ref.generation, ref.hash, phase, JSON.stringify(problems));
    });
  }

  /** What is known of the newest offer no longer holds: the host is as one that has not been told of it. */
  forgetAttempt(): void {
    this.#db.transaction(() => this.#db.sql.exec('DELETE FROM last_attempt'));
  }

  /** The facts of Hello. */
  get facts(): ConfigFacts {
    const attempt = this.#one('SELECT * FROM last_attempt');
    return {
      running: this.#refOf('running'),
      lastAttempt:
        attempt === undefined
          ? undefined
          : {
              ref: refIn(attempt),
              // Both were written by recordAttempt alone.
              phase: textOf(attempt, 'phase') as ConfigPhase,
              problems: JSON.parse(textOf(attempt, 'problems')) as readonly ConfigProblem[],
            },
      lastKnownGood: this.#refOf('last-known-good'),
    };
  }

  /** Forgets the fleet layer: the host has left the fleet. */
  forget(): void {
    this.#db.transaction(() => {
      for (const table of ['desired_states', 'file_sets', 'last_attempt', 'fleet']) {
        this.#db.sql.exec(`DELETE FROM ${table}`);
      }
    });
  }

  #keep(role: Role, offer: Offer): void {
    this.#db.transaction(() => {
      this.#saveFiles(offer);
      this.#setRole(role, offer);
      this.#dropUnusedFiles();
    });
  }

  #saveFiles({ to, files }: Offer): void {
    const added = this.#db.sql.prepare('INSERT INTO file_sets (hash) VALUES (?) ON CONFLICT DO NOTHING').run(to.hash);
    if (added.changes === 0) return; // the hash names the files: they are there
    const insert = this.#db.sql.prepare(
      'INSERT INTO file_set_files (hash, name, revision, content) VALUES (?, ?, ?, ?)',
    );
    for (const { name, revision, content } of files) insert.run(to.hash, name, revision, content);
  }

  #setRole(role: Role, { to, nonce, rolloutId, mode }: Offer): void {
    this.#db.sql
      .prepare(
        'INSERT OR REPLACE INTO desired_states (role, incarnation, generation, hash, nonce, rollout_id, mode) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(role, to.incarnation, to.generation, to.hash, nonce, rolloutId, mode);
  }

  #dropUnusedFiles(): void {
    this.#db.sql.exec('DELETE FROM file_sets WHERE hash NOT IN (SELECT hash FROM desired_states)');
  }

  #offerOf(role: Role): Offer | undefined {
    const row = this.#one('SELECT * FROM desired_states WHERE role = ?', role);
    if (row === undefined) return undefined;
    const files = this.#db.sql.prepare(
      'SELECT name, revision, content FROM file_set_files WHERE hash = ? ORDER BY name',
    );
    files.setReadBigInts(true);
    return {
      nonce: textOf(row, 'nonce'),
      to: refIn(row),
      rolloutId: textOf(row, 'rollout_id'),
      mode: row.mode === 'compat' ? 'compat' : 'minimal',
      files: files.all(textOf(row, 'hash')).map((file) => ({
        name: textOf(file, 'name'),
        // STRICT columns: INTEGER is read as bigint here, BLOB as bytes.
        revision: file.revision as bigint,
        content: file.content as Uint8Array,
      })),
    };
  }

  #refOf(role: Role): GenerationRef | undefined {
    const row = this.#one('SELECT incarnation, generation, hash FROM desired_states WHERE role = ?', role);
    return row === undefined ? undefined : refIn(row);
  }

  #one(query: string, ...values: string[]): Row | undefined {
    const statement = this.#db.sql.prepare(query);
    statement.setReadBigInts(true);
    return statement.get(...values);
  }
}

function refIn(row: Row): GenerationRef {
  return {
    incarnation: textOf(row, 'incarnation'),
    generation: row.generation as bigint, // a STRICT INTEGER column, read as bigint
    hash: textOf(row, 'hash'),
  };
}

function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return typeof value === 'string' ? value : '';
}
