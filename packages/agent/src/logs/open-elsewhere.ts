/** Whether another process writes to one of some files, by what the kernel says of open descriptors. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface OtherWriter {
  readonly pid: number;
  readonly path: string;
}

/** A look at a descriptor takes a few microseconds: a fifth of a second at most. */
const DESCRIPTORS_MAX = 50_000;

/** The access mode within the flags of open(2), and its value for reading alone. */
const ACCESS_MODE = 0o3;
const READ_ONLY = 0o0;

/**
 * Looks through all processes that we may look into: without the rights for one we can do no harm to its files either,
 * as a rule. Takes milliseconds on a usual host.
 * @param paths absolute, without symbolic links
 * @returns the first one found; `unknown` on a host with more open files than can be looked through at a start
 */
export function findOtherWriter(paths: ReadonlySet<string>): OtherWriter | 'unknown' | undefined {
  let left = DESCRIPTORS_MAX;
  for (const pid of numbersIn('/proc')) {
    if (pid === process.pid) continue;
    for (const fd of numbersIn(`/proc/${pid}/fd`)) {
      if (left-- === 0) return 'unknown';
      const path = targetOf(pid, fd);
      if (path !== undefined && paths.has(path) && isOpenForWriting(pid, fd)) return { pid, path };
    }
  }
  return undefined;
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return []; // gone meanwhile, or somebody else's
  }
}

function targetOf(pid: number, fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return undefined; // closed meanwhile
  }
}

/** A `tail -f` is no writer. */
function isOpenForWriting(pid: number, fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? '';
    return (Number.parseInt(flags, 8) & ACCESS_MODE) !== READ_ONLY;
  } catch {
    return false; // closed meanwhile
  }
}
