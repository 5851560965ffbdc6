/** The answer of methods on many processes: what became of each, in the order in which they were done. */
import { formatNamespec } from '@fleetvisor/config';
import { type Clock, msBetween } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import { faultCodes, XmlRpcFault } from '../xmlrpc/fault.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';

/** False: there was nothing to do after all, and the process is left out. A fault is that process's result alone. */
export type Act = (process: ProcessName, namespec: string) => boolean | Promise<boolean>;

/** How Supervisor waits for what is not done at once, which is what its answers are ordered by. */
export interface Waiting {
  readonly clock: Clock;
  /** Whether that process was waited for, now that its status is known. */
  readonly isFor: (process: ProcessName, status: number) => boolean;
}

/** Supervisor looks so often what has become of those it waits for. */
const LOOK_MS = 50;

/**
 * Does something to all of them at once. First those are told that were done without waiting, then those found done at each
 * look, as in Supervisor: the exit status of `supervisorctl start all` is that of the last that failed. Those of one look are
 * told in the order of `processes`.
 * @param waiting undefined: for nothing
 */
export async function statusArray(
  processes: readonly ProcessName[],
  act: Act,
  waiting?: Waiting,
): Promise<readonly XmlRpcStruct[]> {
  const begun = waiting?.clock.now();
  const lookOf = (process: ProcessName, { status }: StatusEntry) => {
    if (begun === undefined || waiting?.isFor(process, status) !== true) return 0;
    return 1 + Math.floor(msBetween(begun, waiting.clock.now()) / LOOK_MS);
  };
  const done: { readonly look: number; readonly place: number; readonly entry: StatusEntry }[] = [];
  await Promise.all(
    processes.map(async (process, place) => {
      const entry = await statusEntry(process, act);
      if (entry !== undefined) done.push({ look: lookOf(process, entry), place, entry });
    }),
  );
  return done.toSorted((a, b) => a.look - b.look || a.place - b.place).map(({ entry }) => entry);
}

/** As clients are told it. */
export interface StatusEntry extends XmlRpcStruct {
  readonly name: string;
  readonly group: string;
  /** 80 for success, else the code of a fault. */
  readonly status: number;
  readonly description: string;
}

/** What became of one process; undefined when it is left out. */
export async function statusEntry(process: ProcessName, act: Act): Promise<StatusEntry | undefined> {
  try {
    const isDone = await act(process, formatNamespec(process));
    return isDone ? { ...nameOf(process), status: faultCodes.SUCCESS, description: 'OK' } : undefined;
  } catch (thrown) {
    if (!(thrown instanceof XmlRpcFault)) throw thrown;
    return { ...nameOf(process), status: thrown.code, description: thrown.message };
  }
}

function nameOf({ group, name }: ProcessName): ProcessName {
  return { name, group };
}
