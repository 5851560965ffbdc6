/** `add`: makes groups active that the last reread found. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import type { CtlCommand } from '../command.ts';
import type { CtlSession } from '../session.ts';

export const add: CtlCommand = {
  name: 'add',
  help: [['add <group> [...]', 'make these groups active, as the last reread or update found them in the config']],
  run: async (session, argument) => {
    for (const group of splitWords(argument)) await addOne(session, group);
    return undefined;
  },
};

async function addOne(session: CtlSession, group: string): Promise<void> {
  try {
    await session.supervisor.addGroup(group);
    session.print(`${group}: added process group`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === faultCodes.SHUTDOWN_STATE) session.fail('ERROR: shutting down');
    else if (error.code === faultCodes.ALREADY_ADDED) session.print('ERROR: process group already active');
    else if (error.code === faultCodes.BAD_NAME) session.fail(`ERROR: no such process/group: ${group}`);
    else throw error;
  }
}
