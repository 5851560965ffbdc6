/**
 * A stock of FIFOs. Node cannot make one, and a start must not wait for a helper that can: mkfifo makes a batch ahead,
 * and taking one is a rename. FIFOs rather than Node's own pipes, because those are sockets, which /dev/stdout cannot
 * open. Knows nothing of what flows through.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { FleetError } from '@fleetvisor/primitives';
import { errnoOf } from './errno.ts';
import { toolsEnvironment } from './tools-path.ts';

export interface FifoPoolOptions {
  /** Made with mode 0700 in a folder that exists; whatever lies in it is removed: it belongs to the pool alone. */
  readonly folder: string;
  /** Of a pool that an earlier agent had here, by file name: what its programs still need stays. */
  readonly keeps?: (name: string) => boolean;
  /** The stock of the pool before is this one's: an earlier life of the agent in this process has made it, and nobody else. */
  readonly hasStock?: boolean;
  /**
   * What is discarded stays until `release`, and this tells of it: as long as nobody has written down that a run is over,
   * its pipes are the proof that it was. Without it they are removed at once.
   */
  readonly onDiscarded?: () => void;
  /** How many are made ahead at a time. */
  readonly batch?: number;
}

/** The children's user must be able to open /dev/stdout, which asks for the rights of the FIFO itself. */
export interface FifoOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Where nobody can write it down for long (a full disk) the oldest proof goes. */
const DISCARDED_MAX = 1000;

/** Begins the name of one that has not been taken; a number follows. */
const SPARE = 'spare-';

/** Of 85 runs. Making it costs the agent a fork, as a program does. */
const BATCH = 256;

export class FifoPool implements AsyncDisposable {
  readonly #folder: string;
  readonly #batch: number;
  readonly #onDiscarded: (() => void) | undefined;
  #discarded: string[] = [];
  /** Those of an earlier agent that nobody has taken over yet, by label. */
  readonly #kept: Map<string, string>;
  #ready: string[] = [];
  #made = 0;
  #taken: number;
  #refill: ChildProcess | undefined;
  #isClosed = false;

  /** Use `openFifoPool`. @param kept file names, of FIFOs that an earlier agent took */
  constructor(folder: string, batch: number, kept: readonly string[], onDiscarded: (() => void) | undefined) {
    this.#folder = folder;
    this.#batch = batch;
    this.#onDiscarded = onDiscarded;
    this.#kept = new Map(kept.map((name) => [labelOf(name), name]));
    // A name that is in use must not be given a second time.
    this.#taken = Math.max(0, ...kept.map(numberOf));
  }

  /** Makes the first batch, and finds out whether that works at all. @param spares names of FIFOs that there are already */
  stock(spares: readonly string[] = []): void {
    this.#made = Math.max(0, ...spares.map((name) => Number(name.slice(SPARE.length))));
    this.#addReady(spares);
    if (spares.length === 0) this.#fillNow(this.#batch);
  }

  /**
   * Takes a FIFO out of the stock.
   * @param label begins its file name, for eyes and for whoever looks for it later; no slash, at most 200 bytes.
   * @returns its path
   * @throws the file system's error, or FleetError `unavailable` when mkfifo cannot make any
   */
  take(label: string, owner: FifoOwner | undefined): string {
    const path = `${this.#folder}/${label}.${++this.#taken}`;
    if (!this.#renameSpare(path)) {
      // None left, or somebody has tidied the folder away (logind does, in /dev/shm).
      this.#ready = [];
      makeFolder(this.#folder);
      this.#fillNow(BATCH);
      if (!this.#renameSpare(path)) throw this.#cannotMake(undefined, 'what was made is gone');
    }
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    this.#refillSoon();
    return path;
  }

  /** Takes over the FIFO that an earlier agent took with this label; undefined when none was kept. */
  takeOver(label: string): string | undefined {
    const name = this.#kept.get(label);
    this.#kept.delete(label);
    return name === undefined ? undefined : `${this.#folder}/${name}`;
  }

  /** Nobody takes over any more: what is left is removed, lest a later agent take it for the proof of a run. */
  dropKept(): void {
    for (const name of this.#kept.values()) remove(`${this.#folder}/${name}`);
    this.#kept.clear();
  }

  /** Whether a path is, or was, of this pool's folder. */
  owns(path: string): boolean {
    return path.startsWith(`${this.#folder}/`);
  }

  /** Removes a FIFO that was taken, now or at the next `release`; what is open stays open. */
  discard(path: string): void {
    if (this.#onDiscarded === undefined || this.#isClosed) return remove(path);
    const oldest = this.#discarded.length >= DISCARDED_MAX ? this.#discarded.shift() : undefined;
    if (oldest !== undefined) remove(oldest);
    this.#discarded.push(path);
    this.#onDiscarded();
  }

  /** Whoever writes down now which runs are over calls the returned function when that is done: `false` when it failed. */
  release(): (isDone: boolean) => void {
    const paths = this.#discarded.splice(0);
    return (isDone) => {
      if (isDone) for (const path of paths) remove(path);
      else this.#discarded.unshift(...paths);
    };
  }

  /** Resolves when no helper of ours runs any more; another one may be started later. */
  async settled(): Promise<void> {
    if (this.#refill !== undefined) await once(this.#refill, 'close');
  }

  /** Removes the stock. FIFOs that were taken stay, and the folder with them: a child may still be writing to them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.release()(true);
    await this.settled();
    for (const path of this.#ready.splice(0)) rmSync(path, { force: true });
    removeIfEmpty(this.#folder);
  }

  #renameSpare(path: string): boolean {
    const spare = this.#ready.pop();
    if (spare === undefined) return false;
    try {
      renameSync(spare, path);
      return true;
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') return false;
      throw thrown;
    }
  }

  #fillNow(count: number): void {
    const names = this.#nextNames(count);
    const { status, error, stderr } = spawnSync('mkfifo', ['-m', '600', ...names], {
      cwd: this.#folder,
      env: toolsEnvironment(),
    });
    if (status !== 0) throw this.#cannotMake(error, stderr?.toString() ?? '');
    this.#addReady(names);
  }

  #refillSoon(): void {
    if (this.#ready.length >= this.#batch / 4 || this.#refill !== undefined || this.#isClosed) return;
    const names = this.#nextNames(this.#batch);
    const helper = spawn('mkfifo', ['-m', '600', ...names], {
      cwd: this.#folder,
      env: toolsEnvironment(),
      stdio: 'ignore',
    });
    this.#refill = helper;
    const settle = (made: boolean) => {
      this.#refill = undefined;
      if (made) this.#addReady(names);
      // A failure is told where it matters: by the take that finds nothing ready.
    };
    helper.once('error', () => settle(false));
    helper.once('exit', (code) => settle(code === 0));
  }

  #nextNames(count: number): string[] {
    return Array.from({ length: count }, () => `${SPARE}${++this.#made}`);
  }

  #addReady(names: readonly string[]): void {
    for (const name of names) this.#ready.push(`${this.#folder}/${name}`);
  }

  #cannotMake(cause: Error | undefined, complaint: string): FleetError {
    const why = cause?.message ?? complaint.trim();
    const message = `cannot make FIFOs in ${this.#folder}: ${why}; check that mkfifo is installed and the folder is writable`;
    return new FleetError('unavailable', message, { folder: this.#folder }, { cause });
  }
}

/** @throws FleetError `unavailable` when the folder cannot be used or mkfifo does not work. */
export function openFifoPool(options: FifoPoolOptions): FifoPool {
  const { folder, keeps = () => false, hasStock = false, onDiscarded, batch = BATCH } = options;
  const kept: string[] = [];
  const spares: string[] = [];
  try {
    makeFolder(folder);
    for (const name of readdirSync(folder)) {
      if (keeps(name)) kept.push(name);
      else if (hasStock && name.startsWith(SPARE)) spares.push(name);
      else rmSync(join(folder, name), { recursive: true });
    }
  } catch (cause) {
    const message = `cannot use ${folder} for the programs' pipes; give the agent a folder it can write`;
    throw new FleetError('unavailable', message, { folder }, { cause });
  }
  const pool = new FifoPool(folder, batch, kept, onDiscarded);
  pool.stock(spares);
  return pool;
}

function remove(path: string): void {
  try {
    unlinkSync(path); // half of what rmSync costs, which looks at the file first
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown; // somebody has tidied up
  }
}

/** Of `web.7.stdout.12`: what it was taken with. */
export function labelOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('.') + 1)) || 0;
}

/**
 * Never follows a link and never takes over what somebody else made: all that lies in the folder will be removed. Not with
 * `recursive`, because Node's goes round for ever where the system answers ENOENT to a mkdir, as in /proc.
 */
function makeFolder(folder: string): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) mkdirSync(folder, { mode: 0o700 });
  else if (!stats.isDirectory() || stats.uid !== process.getuid?.()) throw notOurs(folder);
  chmodSync(folder, 0o700);
}

/** In memory nothing else would ever remove it. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use, or gone: both are as they should be.
  }
}

function notOurs(folder: string): FleetError {
  return new FleetError('denied', `${folder} belongs to somebody else`, { folder });
}
