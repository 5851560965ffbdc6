/** Statuses for tests. */
import type { ProcessStatus } from '../process-status.ts';

/** A process that has run for five seconds. */
export function runningStatus(group: string, name: string, pid: number): ProcessStatus {
  return {
    process: { group, name },
    state: 'RUNNING',
    layer: 'local',
    run: 1n,
    pid,
    startedAtUs: 1_700_000_000_000_000n,
    stoppedAtUs: 0n,
    uptimeUs: 5_000_000n,
    lastExit: undefined,
    spawnError: '',
    description: `pid ${pid}, uptime 0:00:05`,
    stdoutLogfile: '',
    stderrLogfile: '',
    crashCount: 0n,
    stoppedByHand: false,
  };
}
