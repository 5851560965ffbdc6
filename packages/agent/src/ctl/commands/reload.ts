/** `reload`: restarts the daemon, and with it every process. */
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { isMeant } from '../is-meant.ts';

export const reload: CtlCommand = {
  name: 'reload',
  help: [['reload', 'stop all processes, read the config anew and start again; does not wait for it']],
  run: async (session, argument) => {
    if (argument !== '') return refuse(session, reload, 'Error: reload accepts no arguments');
    if (!(await isMeant(session, 'Really restart the remote supervisord process y/N? '))) return;
    try {
      await session.supervisor.restart();
      session.print('Restarted supervisord');
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== faultCodes.SHUTDOWN_STATE) throw error;
      session.fail('ERROR: already shutting down');
    }
    return undefined;
  },
};
