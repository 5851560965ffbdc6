/** Programs of an earlier local fleet that was killed before it could end them: found by (pid, start time) and ended. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

interface Trace {
  readonly pid: number;
  readonly startTicks: string;
}

/** Writes down what now runs. */
export function remember(file: string, pids: readonly number[]): void {
  const traces = pids.map((pid) => ({ pid, startTicks: startTicksOf(pid) ?? '' }));
  writeFileSync(file, JSON.stringify(traces));
}

/** Ends what an earlier life wrote down and still runs; says how many. */
export async function endLeftovers(file: string): Promise<number> {
  const living = read(file).filter((trace) => startTicksOf(trace.pid) === trace.startTicks);
  for (const { pid } of living) kill(pid, 'SIGTERM');
  for (const trace of living) {
    for (let tries = 0; startTicksOf(trace.pid) === trace.startTicks; tries++) {
      if (tries === 200) kill(trace.pid, 'SIGKILL');
      await wait(50);
    }
  }
  rmSync(file, { force: true });
  return living.length;
}

function read(file: string): readonly Trace[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return []; // no earlier life
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
