/** The controller: its disk, its lives, and whoever starts it again. The real fleet over the real store, without a thread. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@fleetvisor/primitives';
import Database from 'better-sqlite3';
import { OpenStreams } from '../../../packages/controller/src/link/open-streams.ts';
import { type Fleet, startFleet } from '../../../packages/controller/src/start-fleet.ts';
import { openSqliteStore } from '../../../packages/controller/src/store/sqlite/open-store.ts';
import type { FoundWitness } from '../../../packages/controller/src/store/sqlite/witness.ts';
import { chanceOf, isBy } from '../engine/chance.ts';
import { type Doom, Life } from '../engine/life.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { FaultyConnection } from '../network/faulty-link.ts';
import type { Sabotage } from '../sabotage.ts';
import { forgetfulStore } from './forgetful-store.ts';
import { simulatedWitness, type WitnessOnDisk } from './simulated-witness.ts';
import { type StoreDisk, storeThread } from './store-thread.ts';

export interface ControllerParts {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly folder: string;
  readonly sabotage: Sabotage;
  /** Its connections are gone with it. */
  readonly gone: () => void;
  readonly tell: (what: string) => void;
}

/** How a store is put back: the database beside its witness, the folder with both, or the machine as a whole. */
export type RestoreKind = 'database' | 'folder' | 'machine';

interface Backup {
  readonly database: string;
  readonly witness: FoundWitness | undefined;
}

const restartMs = 1_000;

export class SimulatedController {
  readonly disk: StoreDisk & { forgets: boolean } & WitnessOnDisk = {
    ...{ isFull: false, isSlow: false, forgets: false, found: undefined },
  };
  readonly databasePath: string;
  readonly #parts: ControllerParts;
  #life: Life | undefined;
  #fleet: Fleet | undefined;
  #streams: OpenStreams | undefined;
  #lives = 0;
  #wallOffsetUs = 0;
  #backup: Backup | undefined;
  #isBeingRestored = false;
  /** How often it was put back. */
  restores = 0;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true });
    this.databasePath = join(parts.folder, 'controller.db');
  }

  /** Undefined while nobody listens. */
  get fleet(): Fleet | undefined {
    return this.#streams === undefined ? undefined : this.#fleet;
  }

  get life(): Life | undefined {
    return this.#life;
  }

  get listener(): ((connection: FaultyConnection) => void) | undefined {
    const streams = this.#streams;
    return streams && ((connection) => streams.openSession(connection.controllerEnd(), `10.0.0.${connection.host}:1`));
  }

  start(): void {
    if (this.#life !== undefined || this.#isBeingRestored) return;
    const { timeline, tell } = this.#parts;
    const life = new Life(timeline, () => ({ bootedAtUs: 0, wallOffsetUs: this.#wallOffsetUs }));
    this.#life = life;
    tell('starts');
    this.#open(life).catch((error) => {
      if (life.isOver) return;
      tell(`cannot start: ${this.#masked(messageOf(error))}`);
      this.#ended(restartMs);
    });
  }

  kill(doom: Doom, backAfterMs: number): void {
    this.#life?.doom(doom, () => {
      this.#parts.tell('is killed');
      this.#ended(backAfterMs);
    });
  }

  /** What was to kill it and has not, does not any more. */
  spare(): void {
    this.#life?.spare();
  }

  /** Of the store; empty while none is open. */
  get incarnation(): string {
    return this.#fleet?.store.incarnation ?? '';
  }

  /** `systemctl stop`, and a start some time after. */
  async stop(backAfterMs: number): Promise<void> {
    const [life, fleet, streams] = [this.#life, this.#fleet, this.#streams];
    if (life === undefined || fleet === undefined || streams === undefined) return;
    this.#parts.tell('is stopped');
    await this.#closeInOrder(life, fleet, streams);
    if (life.isOver) return;
    this.#parts.tell('has ended');
    this.#ended(backAfterMs);
  }

  /** It does nothing for a while. */
  freeze(forMs: number): void {
    this.#parts.tell(`is frozen for ${forMs} ms`);
    this.#life?.freeze(forMs);
  }

  backUp(): void {
    const { timeline, folder, tell } = this.#parts;
    if (this.#fleet === undefined) return;
    const database = join(folder, `backup-${timeline.nowUs}.db`);
    const live = new Database(this.databasePath, { readonly: true });
    try {
      writeFileSync(database, live.serialize());
    } finally {
      live.close();
    }
    this.#backup = { database, witness: this.disk.found };
    tell('is backed up');
  }

  /** Kills it, puts the backup in place of what there is, and starts it. */
  restore(kind: RestoreKind): void {
    const backup = this.#backup;
    if (backup === undefined) return;
    this.restores++;
    this.#parts.tell(`is put back from its backup (${kind})`);
    this.#ended(restartMs);
    this.#isBeingRestored = true;
    this.#parts.timeline.after(0, () => {
      this.#isBeingRestored = false;
      // Another file, not the same with other content: whoever has the old one open goes on with that.
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.databasePath}${suffix}`, { force: true });
      copyFileSync(backup.database, this.databasePath);
      if (kind === 'machine') this.disk.found = backup.witness;
      // Copied as a whole: the witness is there, and is another file.
      if (kind === 'folder') this.disk.found = backup.witness && { ...backup.witness, inode: 'copied' };
    });
  }

  stepWallClock(byMs: number): void {
    this.#wallOffsetUs += byMs * 1000;
  }

  async #open(life: Life): Promise<void> {
    const { seed, folder, sabotage, tell } = this.#parts;
    const number = ++this.#lives;
    const random = chanceOf(seed, 'controller', number);
    const diskRandom = chanceOf(seed, 'store', number);
    const { clock } = life;
    const opened = await openSqliteStore({
      ...{ folder, clock, random },
      startWorker: storeThread(life, this.disk, diskRandom),
      witness: simulatedWitness(life, this.disk, diskRandom),
    });
    const isLost = () => this.disk.forgets && isBy(diskRandom, 0.5);
    const forgetful = forgetfulStore(opened, { isLost });
    const store = sabotage.store?.(forgetful) ?? forgetful;
    const log = {
      info: () => {},
      warn: () => {},
      error: (facts: object, message: string) => tell(`error: ${message} ${this.#masked(errorIn(facts))}`),
    };
    const fleet = await startFleet({ store, clock, random, log, version: '0.1.0' });
    if (life.isOver) return;
    const streams = new OpenStreams({ ...fleet.agents, log, clock });
    this.#fleet = fleet;
    this.#streams = streams;
    sabotage.fleet?.(fleet, life);
    tell(`listens (incarnation ${store.incarnation.slice(0, 8)}, before: ${store.previousEnd})`);
    void opened.died.then(async (why) => {
      if (life.isOver) return;
      tell(`ends: ${this.#masked(why.message)}`);
      await this.#closeInOrder(life, fleet, streams);
      if (!life.isOver) this.#ended(restartMs);
    });
  }

  async #closeInOrder(life: Life, fleet: Fleet, streams: OpenStreams): Promise<void> {
    const { store } = fleet;
    try {
      await streams.sendAway();
      if (this.#streams === streams) this.#streams = undefined;
      await streams[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    } catch (error) {
      if (!life.isOver) this.#parts.tell(`does not end in order: ${this.#masked(messageOf(error))}`);
    }
  }

  #ended(backAfterMs: number): void {
    this.#life?.end();
    this.#life = undefined;
    this.#fleet = undefined;
    this.#streams = undefined;
    this.#parts.gone();
    this.#parts.timeline.after(backAfterMs, () => this.start());
  }

  #masked(text: string): string {
    return text.replaceAll(this.#parts.folder, 'DATA');
  }
}

function errorIn(facts: object): string {
  return 'err' in facts ? messageOf(facts.err) : '';
}
