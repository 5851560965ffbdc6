/** AUTO logs live as long as their processes: made with the process group, before any start, and let go with each process. */
import type { SupervisorListener } from '../supervision/supervisor.ts';
import type { ProcessLogFiles } from './process-log-files.ts';

/** To be subscribed before the first process group is added. */
export function keepAutoLogs(logs: Pick<ProcessLogFiles, 'prepare' | 'forget'>): SupervisorListener {
  return {
    groupAdded: (_group, _layer, { processes }) => {
      for (const spec of processes) logs.prepare(spec);
    },
    processRemoved: (process) => logs.forget(process),
  };
}
