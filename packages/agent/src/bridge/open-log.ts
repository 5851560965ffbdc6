/** Finds the log that somebody wants to read through the link. */
import { formatNamespec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import type { LogFiles } from '../logs/log-files.ts';
import { namesDevice } from '../logs/open-log-path.ts';
import { tailLog } from '../logs/tail.ts';
import type { ProcessLogs } from '../supervision/ports.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import type { LogAsk, OpenLog } from './log-feed.ts';

export function logOpener(
  supervisor: Pick<Supervisor, 'spec' | 'collectOutput'>,
  logs: ProcessLogs,
  files: LogFiles,
): OpenLog {
  return (ask, signal) => {
    const { tailBytes, follow } = ask;
    return tailLog(files, { path: pathOf(supervisor, logs, ask), tailBytes, follow }, signal);
  };
}

function pathOf(
  supervisor: Pick<Supervisor, 'spec' | 'collectOutput'>,
  logs: ProcessLogs,
  { process, stream }: LogAsk,
): string {
  const name = formatNamespec(process);
  const spec = supervisor.spec(process);
  if (spec === undefined) throw new FleetError('not_found', `${name}: ERROR (no such process)`);
  if (stream === 'stderr' && spec.redirectStderr) {
    throw new FleetError('not_found', `${name}: ERROR (no log file): its stderr goes to stdout (redirect_stderr)`);
  }
  const path = logs.pathOf(spec, stream);
  if (path === undefined) throw new FleetError('not_found', `${name}: ERROR (no log file): it keeps no ${stream} log`);
  if (namesDevice(path)) throw new FleetError('not_found', `${name}: ERROR (no log file): ${path} cannot be read back`);
  supervisor.collectOutput(process);
  return path;
}
