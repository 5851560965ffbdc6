/** The answer of methods on many processes: what became of each, in the order in which they were done. */
import { formatNamespec } from '@fleetvisor/config';
import type { ProcessName } from '../../supervision/status.ts';
import { faultCodes, XmlRpcFault } from '../xmlrpc/fault.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';

/** False: there was nothing to do after all, and the process is left out. A fault is that process's result alone. */
export type Act = (process: ProcessName, namespec: string) => boolean | Promise<boolean>;

/**
 * Does something to all of them at once. Those done in one turn of the event loop are told in the order of `processes`,
 * as those that Supervisor finds done in one pass of its loop.
 */
export async function statusArray(processes: readonly ProcessName[], act: Act): Promise<readonly XmlRpcStruct[]> {
  const done: { readonly turn: number; readonly place: number; readonly entry: XmlRpcStruct }[] = [];
  const turns = new TurnCounter();
  await Promise.all(
    processes.map(async (process, place) => {
      const entry = await statusEntry(process, act);
      if (entry !== undefined) done.push({ turn: turns.current(), place, entry });
    }),
  );
  return done.toSorted((a, b) => a.turn - b.turn || a.place - b.place).map(({ entry }) => entry);
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

/** Numbers the turns of the event loop in which it is asked. */
class TurnCounter {
  #turn = 0;
  #isCounted = false;

  current(): number {
    if (!this.#isCounted) {
      this.#isCounted = true;
      setImmediate(() => {
        this.#turn++;
        this.#isCounted = false;
      });
    }
    return this.#turn;
  }
}
