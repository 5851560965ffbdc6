/**
 * How a restore from backup is recognised. Beside the database lies a small file that moves on together with a counter
 * inside the database: when the store is opened, when it is closed, and once a minute while it is written to. It says:
 * - which incarnation the database must be, and how far its counter must be: a database put back is behind, or another;
 * - its own inode: a folder copied or restored as a whole brings a file with another inode.
 * What it cannot see: a machine set back as a whole (a snapshot), and a database put back within a minute of the backup.
 * Agents notice both by themselves: they have an acknowledgement that is ahead of ours.
 */
import { open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Witness {
  readonly incarnation: string;
  readonly count: bigint;
  /** As written into the file. */
  readonly inode: string;
}

/** What the file says, and the inode it has; undefined when there is none, or none that can be understood. */
export interface FoundWitness {
  readonly witness: Witness;
  readonly inode: string;
}

/**
 * Whether the database is the one that the witness was written for. The file is written before the database moves on,
 * so it may be one ahead.
 */
export function isSameLife(
  database: { readonly incarnation: string; readonly count: bigint },
  found: FoundWitness | undefined,
): boolean {
  if (found === undefined || found.witness.inode !== found.inode) return false;
  const ahead = found.witness.count - database.count;
  return found.witness.incarnation === database.incarnation && (ahead === 0n || ahead === 1n);
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
  const fields = /^incarnation=(\S+)\ncount=(\d+)\ninode=(\d+)\n/.exec(text);
  const [, incarnation, count, written] = fields ?? [];
  if (incarnation === undefined || count === undefined || written === undefined) return undefined;
  return { witness: { incarnation, count: BigInt(count), inode: written }, inode };
}

/** Replaces the file as a whole; on disk when it resolves. */
export async function writeWitness(file: string, incarnation: string, count: bigint): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    const { ino } = await handle.stat({ bigint: true });
    const note = '# Tells a restored database from the one that went on. Leave it where it is.\n';
    await handle.writeFile(`incarnation=${incarnation}\ncount=${count}\ninode=${ino}\n${note}`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
