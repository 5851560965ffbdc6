/**
 * Writes down what a person stops, as it happens: the next agent must know it after a crash of this one. What one turn of
 * the event loop brings is one transaction: `stop all` of hundreds is a single write.
 */
import { formatNamespec } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { ProcessName } from '../supervision/status.ts';
import type { Supervisor, SupervisorListener } from '../supervision/supervisor.ts';
import type { StoppedByHand } from './stopped-by-hand.ts';

export interface KeepStopsOptions {
  /** The disk refuses it. The next news of the process tries again. */
  readonly onTrouble: (message: string) => void;
  /** Runs something once pending I/O has been seen to; setImmediate unless told otherwise. */
  readonly defer?: (run: () => void) => void;
}

/** To be subscribed to the supervisor; disposing writes what waits. */
export interface StopKeeper extends SupervisorListener, Disposable {
  /** Writes what waits, now. Never throws. */
  flush(): void;
}

interface News {
  readonly name: string;
  readonly process: ProcessName;
  readonly isStopped: boolean;
}

export function keepStops(
  supervisor: Pick<Supervisor, 'status'>,
  stops: StoppedByHand,
  { onTrouble, defer = (run) => void setImmediate(run) }: KeepStopsOptions,
): StopKeeper {
  const written = new Set(stops.all().map(formatNamespec));
  /** What there was news of in this turn. */
  const changed = new Map<string, ProcessName>();

  const mark = (differing: readonly News[], isStopped: boolean) => {
    const same = differing.filter((news) => news.isStopped === isStopped);
    const processes = same.map(({ process }) => process);
    stops.mark(processes, isStopped);
    for (const { name } of same) {
      if (isStopped) written.add(name);
      else written.delete(name);
    }
  };
  const flush = () => {
    const news = [...changed].map(([name, process]): News => {
      return { name, process, isStopped: supervisor.status(process)?.stoppedByHand === true };
    });
    changed.clear();
    const differing = news.filter(({ name, isStopped }) => isStopped !== written.has(name));
    try {
      mark(differing, true);
      mark(differing, false);
    } catch (error) {
      onTrouble(`cannot write down what was stopped by hand: ${messageOf(error)}`);
    }
  };
  const note = (process: ProcessName) => {
    if (changed.size === 0) defer(flush);
    changed.set(formatNamespec(process), process);
  };
  return { statusChanged: note, processRemoved: note, flush, [Symbol.dispose]: flush };
}
