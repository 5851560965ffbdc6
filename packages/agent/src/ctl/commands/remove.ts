/** `remove`: takes stopped groups out of what is active. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import type { CtlCommand } from '../command.ts';
import type { CtlSession } from '../session.ts';

export const remove: CtlCommand = {
  name: 'remove',
  help: [['remove <group> [...]', 'take these groups, which must be stopped, out of what is active']],
  run: async (session, argument) => {
    for (const group of splitWords(argument)) await removeOne(session, group);
    return undefined;
  },
};

async function removeOne(session: CtlSession, group: string): Promise<void> {
  try {
    await session.supervisor.removeGroup(group);
    session.print(`${group}: removed process group`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === faultCodes.STILL_RUNNING) session.fail(`ERROR: process/group still running: ${group}`);
    else if (error.code === faultCodes.BAD_NAME) session.fail(`ERROR: no such process/group: ${group}`);
    else throw error;
  }
}
