/** Writes down what a person stops, as it happens: the next agent must know it after a crash of this one. */
import { formatNamespec } from '@fleetvisor/config';
import type { ProcessName } from '../supervision/status.ts';
import type { Supervisor, SupervisorListener } from '../supervision/supervisor.ts';
import type { StoppedByHand } from './stopped-by-hand.ts';

export function keepStops(supervisor: Pick<Supervisor, 'status'>, stops: StoppedByHand): SupervisorListener {
  const written = new Set(stops.all().map(formatNamespec));
  const look = (process: ProcessName) => {
    const name = formatNamespec(process);
    const isStopped = supervisor.status(process)?.stoppedByHand === true;
    if (isStopped === written.has(name)) return;
    // Not written down yet when the disk refuses it: the next news of the process tries again.
    stops.mark([process], isStopped);
    if (isStopped) written.add(name);
    else written.delete(name);
  };
  return { statusChanged: look, processRemoved: look };
}
