/** The answer of methods on many processes: what became of each, in the order in which they were done. */
import { formatNamespec } from '@fleetvisor/config';
import { type Clock, msBetween } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import { faultCodes, XmlRpcFault } from '../xmlrpc/fault.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';

/** False: there was nothing to do after all, and the process is left out. A fault is that process's result alone. */
export type Act = (process: ProcessName, namespec: string) => boolean | Promise<boolean>;

/** Supervisor looks so often what has become of those it waits for. */
const LOOK_MS = 50;

/**
 * Does something to all of them at once. Those done in the time between two of Supervisor's looks are told in the order of
 * `processes`, as there.
 */
export async function statusArray(
  processes: readonly ProcessName[],
  act: Act,
  clock: Clock,
): Promise<readonly XmlRpcStruct[]> {
  const begun = clock.now();
  const done: { readonly look: number; readonly place: number; readonly entry: XmlRpcStruct }[] = [];
  await Promise.all(
    processes.map(async (process, place) => {
      const entry = await statusEntry(process, act);
      const look = Math.floor(msBetween(begun, clock.now()) / LOOK_MS);
      if (entry !== undefined) done.push({ look, place, entry });
    }),
  );
  return done.toSorted((a, b) => a.look - b.look || a.place - b.place).map(({ entry }) => entry);
}

/** What became of one process; undefined when it is left out. */
export async function statusEntry(process: ProcessName, act: Act): Promise<XmlRpcStruct | undefined> {
  try {
    const isDone = await act(process, formatNamespec(process));
    return isDone ? { ...nameOf(process), status: faultCodes.SUCCESS, description: 'OK' } : undefined;
  } catch (thrown) {
    if (!(thrown instanceof XmlRpcFault)) throw thrown;
    return { ...nameOf(process), status: thrown.code, description: thrown.message };
  }
}

function nameOf({ group, name }: ProcessName): ProcessName & XmlRpcStruct {
  return { name, group };
}
