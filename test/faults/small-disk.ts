/** A disk of its own for a folder, small enough to be filled: a tmpfs. Needs the right to mount. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk implements Disposable {
  readonly #folder: string;

  /** Mounts it over the folder, which is made when it is missing. */
  constructor(folder: string, mib: number) {
    mkdirSync(folder, { recursive: true });
    const failure = mount(['-t', 'tmpfs', '-o', `size=${mib}m,mode=0700`, 'tmpfs', folder]);
    if (failure !== '') throw new Error(failure);
    this.#folder = folder;
  }

  /** Leaves no room for a byte. */
  fill(): void {
    const chunk = new Uint8Array(64 * 1024);
    for (let size = chunk.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 16)) {
      for (let isRoom = true; isRoom; ) isRoom = this.#append(chunk.subarray(0, size));
    }
  }

  /** Gives back what `fill` took. */
  empty(): void {
    rmSync(this.#ballast, { force: true });
  }

  remount(mode: 'ro' | 'rw'): void {
    const failure = mount(['-o', `remount,${mode}`, this.#folder]);
    if (failure !== '') throw new Error(failure);
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['--lazy', this.#folder]);
  }

  get #ballast(): string {
    return join(this.#folder, 'ballast');
  }

  #append(bytes: Uint8Array): boolean {
    try {
      writeFileSync(this.#ballast, bytes, { flag: 'a' });
      return true;
    } catch {
      return false; // ENOSPC: what was asked for
    }
  }
}

/** @returns what went wrong, or nothing */
function mount(args: readonly string[]): string {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? '' : `mount ${args.join(' ')}: ${error?.message ?? stderr.trim()}`;
}

function probe(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-disk-'));
  try {
    new SmallDisk(folder, 1)[Symbol.dispose]();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why there can be none here; empty when there can. */
export const whyNoSmallDisk = probe();
