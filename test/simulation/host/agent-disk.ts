/**
 * The disk under an agent's data folder. A commit that is not synced survives the agent, and not a loss of power: then the
 * write-ahead log ends where it was synced last. What nobody syncs the kernel writes by itself half a minute later.
 */
import { closeSync, copyFileSync, ftruncateSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, type Random } from '@fleetvisor/primitives';
import { type AgentDb, type OpenWal, openAgentDb } from '../../../packages/agent/src/state/agent-db.ts';
import { between } from '../engine/chance.ts';
import type { Life } from '../engine/life.ts';
import type { Timeline } from '../engine/timeline.ts';

/** As Linux does unless told otherwise (vm.dirty_expire_centisecs, and a look every 5 s). */
export const writebackMs = 35_000;

export class AgentDisk {
  readonly folder: string;
  readonly #timeline: Timeline;
  readonly #random: Random;
  #syncedBytes = 0;
  /** No commit has room. */
  isFull = false;

  constructor(folder: string, timeline: Timeline, random: Random) {
    this.folder = folder;
    this.#timeline = timeline;
    this.#random = random;
  }

  /** For one life of the agent, which may be killed before and after every commit. */
  open(life: Life): AgentDb {
    const db = openAgentDb(this.folder, { openWal: this.#openWal(life) });
    const exec = db.sql.exec.bind(db.sql);
    const changes = db.sql.prepare('SELECT total_changes() AS total');
    let before = changes.get()?.total;
    db.sql.exec = (sql) => {
      if (sql === 'BEGIN IMMEDIATE') before = changes.get()?.total;
      if (sql === 'COMMIT') {
        // One that has only read needs no room.
        if (this.isFull && changes.get()?.total !== before) throw new Error('database or disk is full');
        life.act(() => exec(sql));
        this.#syncLater(life);
        return undefined;
      }
      exec(sql);
      if (/wal_checkpoint/.test(sql)) this.#syncedBytes = statSync(join(this.folder, 'agent.db-wal')).size;
      return undefined;
    };
    life.onEnd(() => void db[Symbol.asyncDispose]());
    return db;
  }

  /** To be called while the agent that has it open is dead and its database not yet closed. */
  loseWhatIsNotSynced(): () => void {
    const [file, wal] = ['agent.db', 'agent.db-wal'].map((name) => join(this.folder, name)) as [string, string];
    const saved = `${this.folder}.saved`;
    copyFileSync(file, saved);
    copyFileSync(wal, `${saved}-wal`);
    const copy = openSync(`${saved}-wal`, 'r+');
    ftruncateSync(copy, Math.min(this.#syncedBytes, statSync(wal).size));
    closeSync(copy);
    return () => {
      rmSync(join(this.folder, 'agent.db-shm'), { force: true });
      copyFileSync(saved, file);
      copyFileSync(`${saved}-wal`, wal);
    };
  }

  #openWal(life: Life): OpenWal {
    return (path) => {
      this.#syncedBytes = statSync(path).size;
      return {
        synced: () => this.#sync(life, path),
        [Symbol.asyncDispose]: async () => {},
      };
    };
  }

  #syncLater(life: Life): void {
    const bytes = statSync(join(this.folder, 'agent.db-wal')).size;
    // The kernel does it, whether or not the agent is frozen; the log of a later life is another.
    this.#timeline.after(writebackMs, () => {
      if (!life.isOver) this.#syncedBytes = Math.max(this.#syncedBytes, bytes);
    });
  }

  #sync(life: Life, path: string): Promise<void> {
    const isDead = new FleetError('internal', 'the agent is dead');
    if (life.isOver) return Promise.reject(isDead);
    const bytes = statSync(path).size;
    return new Promise((resolve, reject) => {
      const dead = () => reject(isDead);
      const lives = life.onEnd(dead);
      life.after(between(this.#random, 0.2, 12), () => {
        lives();
        this.#syncedBytes = Math.max(this.#syncedBytes, bytes);
        resolve();
      });
    });
  }
}
