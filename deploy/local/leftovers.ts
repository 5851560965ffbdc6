/** Programs of an earlier local fleet that was killed before it could end them: found by (pid, start time) and ended. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

interface Trace {
  readonly pid: number;
  readonly startTicks: string;
}

interface Memory {
  /** The `npm start` that runs them. */
  readonly starter: Trace;
  readonly programs: readonly Trace[];
}

/** Writes down what now runs, and that we are the one who runs it. */
export function remember(file: string, pids: readonly number[]): void {
  const memory: Memory = { starter: traceOf(process.pid), programs: pids.map(traceOf) };
  writeFileSync(file, JSON.stringify(memory));
}

/** The pid of another `npm start` that lives and has this folder. */
export function livingStarter(file: string): number | undefined {
  const starter = read(file)?.starter;
  return starter !== undefined && isLiving(starter) && starter.pid !== process.pid ? starter.pid : undefined;
}

/** Ends what an earlier life wrote down and still runs, and the programs those run; says how many. */
export async function endLeftovers(file: string): Promise<number> {
  const living = (read(file)?.programs ?? []).filter(isLiving);
  for (const { pid } of living) kill(pid, 'SIGTERM');
  for (const trace of living) {
    for (let tries = 0; isLiving(trace); tries++) {
      if (tries === 400) killWithChildren(trace.pid);
      await wait(50);
    }
  }
  rmSync(file, { force: true });
  return living.length;
}

/** By force, with its children: an agent that is killed leaves its programs running. Stopped first, or it would start others. */
export function killWithChildren(pid: number): void {
  kill(pid, 'SIGSTOP');
  for (const child of childrenOf(pid)) kill(child, 'SIGKILL');
  kill(pid, 'SIGKILL');
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}

function traceOf(pid: number): Trace {
  return { pid, startTicks: startTicksOf(pid) ?? '' };
}

function isLiving({ pid, startTicks }: Trace): boolean {
  return startTicksOf(pid) === startTicks;
}

function read(file: string): Memory | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // no earlier life
  }
}

/** Field 22 of /proc/PID/stat; undefined when there is no such process or only its shell is left (a zombie). */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined; // it has ended
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in between
  }
}
