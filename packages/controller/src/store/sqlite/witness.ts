/**
 * How a restore from backup is recognised. Beside the database lies a small file that moves on together with a counter
 * inside the database: when the store is opened, when it is closed, and once a minute while it is written to. It says:
 * - which incarnation the database must be, and how far its counter must be: a database put back is behind, or another;
 * - its own inode: a folder copied or restored as a whole brings a file with another inode.
 * It is written twice: announcing the next count before the database moves, and settled after. A database that is one
 * behind an announcement is of a controller that died in between; one that is behind a settled count was put back.
 * What it cannot see: a machine set back as a whole (a snapshot), and a database put back within the minute of the backup.
 * Both are known by agents that have an acknowledgement which is ahead of ours: see `link/set-back.ts`.
 */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Witness {
  readonly incarnation: string;
  readonly count: bigint;
  /** Whether the database is known to have come this far. */
  readonly isSettled: boolean;
  /** As written into the file. */
  readonly inode: string;
}

/** What the file says, and the inode it has; undefined when there is none, or none that can be understood. */
export interface FoundWitness {
  readonly witness: Witness;
  readonly inode: string;
}

/** Where the witness is kept. */
export interface WitnessFile {
  /** For people. */
  readonly path: string;
  read(): Promise<FoundWitness | undefined>;
  /** On disk when it resolves. */
  write(said: Omit<Witness, 'inode'>): Promise<void>;
  /** Gone for good when it resolves: the next opening begins another life. */
  remove(): Promise<void>;
}

export function witnessFile(file: string): WitnessFile {
  return {
    path: file,
    read: () => readWitness(file),
    write: (said) => writeWitness(file, said),
    remove: () => removeWitness(file),
  };
}

/** Whether the database is the one that the witness was written for. */
export function isSameLife(
  database: { readonly incarnation: string; readonly count: bigint },
  found: FoundWitness | undefined,
): boolean {
  if (found === undefined || found.witness.inode !== found.inode) return false;
  const ahead = found.witness.count - database.count;
  return (
    found.witness.incarnation === database.incarnation && (ahead === 0n || (ahead === 1n && !found.witness.isSettled))
  );
}

export async function readWitness(file: string): Promise<FoundWitness | undefined> {
  let text: string;
  let inode: string;
  try {
    text = await readFile(file, 'utf8');
    inode = String((await stat(file, { bigint: true })).ino);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const fields = /^incarnation=(\S+)\ncount=(\d+)\ninode=(\d+)\n(settled\n)?/.exec(text);
  const [, incarnation, count, written, settled] = fields ?? [];
  if (incarnation === undefined || count === undefined || written === undefined) return undefined;
  const isSettled = settled !== undefined;
  return { witness: { incarnation, count: BigInt(count), isSettled, inode: written }, inode };
}

/** Replaces the file as a whole; on disk when it resolves. */
export async function writeWitness(file: string, said: Omit<Witness, 'inode'>): Promise<void> {
  const { incarnation, count, isSettled } = said;
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    const { ino } = await handle.stat({ bigint: true });
    const note = '# Tells a restored database from the one that went on. Leave it where it is.\n';
    const settled = isSettled ? 'settled\n' : '';
    await handle.writeFile(`incarnation=${incarnation}\ncount=${count}\ninode=${ino}\n${settled}${note}`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolderOf(file);
}

async function removeWitness(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolderOf(file);
}

async function syncFolderOf(file: string): Promise<void> {
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
