/** `avail`: every configured process. */
import { formatNamespec } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import type { ConfigInfo } from '../client/supervisor-client.ts';
import { padded } from '../columns.ts';
import { type CtlCommand, refuse } from '../command.ts';

export const avail: CtlCommand = {
  name: 'avail',
  help: [['avail', 'every process of the config as last read: whether it is active, starts by itself, its priorities']],
  run: async (session, argument) => {
    if (argument !== '') return refuse(session, avail, 'Error: avail accepts no arguments');
    try {
      for (const info of await session.supervisor.allConfigs()) session.print(availLine(info));
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== faultCodes.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: supervisor shutting down');
    }
    return undefined;
  },
};

function availLine(info: ConfigInfo): string {
  const columns = [
    padded(formatNamespec(info), 32),
    padded(info.inUse ? 'in use' : 'avail', 9),
    padded(info.autostart ? 'auto' : 'manual', 9),
    `${info.groupPriority}:${info.processPriority}`,
  ];
  return columns.join(' ');
}
