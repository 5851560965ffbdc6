/** `reread`: what an update would change. */
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import type { Reread } from '../client/supervisor-client.ts';
import { type CtlCommand, refuse } from '../command.ts';

export const reread: CtlCommand = {
  name: 'reread',
  help: [['reread', "read the daemon's config files again and say what differs; nothing is changed"]],
  run: async (session, argument) => {
    if (argument !== '') return refuse(session, reread, 'Error: reread accepts no arguments');
    try {
      for (const line of changeLines(await session.supervisor.reread())) session.print(line);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      if (error.code === faultCodes.SHUTDOWN_STATE) session.fail('ERROR: supervisor shutting down');
      else if (error.code === faultCodes.CANT_REREAD) session.fail(`ERROR: ${error.faultString}`);
      else throw error;
    }
    return undefined;
  },
};

/** By name. A name in two lists is shown once, with the later word. */
export function changeLines({ added, changed, removed }: Reread): string[] {
  const words = new Map<string, string>();
  for (const name of added) words.set(name, 'available');
  for (const name of changed) words.set(name, 'changed');
  for (const name of removed) words.set(name, 'disappeared');
  if (words.size === 0) return ['No config updates to processes'];
  return [...words.keys()].toSorted().map((name) => `${name}: ${words.get(name)}`);
}
