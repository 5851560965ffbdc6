/** Programs of an agent that ended without stopping them: they still hold its pipes. To be asked before the pipes are removed. */
import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { formatNamespec } from '@fleetvisor/config';

export interface LeftBehind {
  /** Of the process, as `group:name`, or short when they are equal. */
  readonly name: string;
  /** Of the program and of what it has started, as far as they share one of its three streams. */
  readonly pids: readonly number[];
}

/** @param pipeFolder of the earlier agent, which had the same data folder */
export function findLeftBehind(pipeFolder: string): readonly LeftBehind[] {
  if (!namesIn(pipeFolder).some((name) => FIFO.test(name))) return [];
  const found = new Map<string, number[]>();
  for (const entry of namesIn('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fifo = FDS.map((fd) => linkAt(`/proc/${entry}/fd/${fd}`)).find((path) => path?.startsWith(`${pipeFolder}/`));
    if (fifo === undefined) continue;
    const name = processOf(basename(fifo));
    found.set(name, [...(found.get(name) ?? []), Number(entry)]);
  }
  return [...found].map(([name, pids]) => ({ name, pids }));
}

/** Of a FastCGI program the first is a socket. */
const FDS = [0, 1, 2];

/** What follows the label of a process in the names of its FIFOs, `.RUN.STREAM.NUMBER`. */
const FIFO = /\.\d+\.(stdin|stdout|stderr)\.\d+$/;

/** Of `web%3Aapi.7.stdin.12`. */
function processOf(fifo: string): string {
  const label = fifo.replace(FIFO, '');
  try {
    const [group = '', name = group] = decodeURIComponent(label).split(':');
    return formatNamespec({ group, name });
  } catch {
    return label; // cut off in the middle of a letter
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there was no earlier agent
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // it has ended, or it is another user's
  }
}
