/** `shutdown`: ends the daemon. */
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { CallError, RpcFault } from '../client/call-error.ts';
import { type CtlCommand, refuse } from '../command.ts';
import { isMeant } from '../is-meant.ts';
import type { CtlSession } from '../session.ts';

export const shutdown: CtlCommand = {
  name: 'shutdown',
  help: [['shutdown', 'stop all processes, then the daemon itself; does not wait for it']],
  run: async (session, argument) => {
    if (argument !== '') return refuse(session, shutdown, 'Error: shutdown accepts no arguments');
    if (!(await isMeant(session, 'Really shut the remote supervisord process down y/N? '))) return;
    try {
      await session.supervisor.shutdown();
      session.print('Shut down');
    } catch (error) {
      if (!hasWords(session, error)) throw error;
    }
    return undefined;
  },
};

function hasWords(session: CtlSession, error: unknown): boolean {
  const isUnderWay = error instanceof RpcFault && error.code === faultCodes.SHUTDOWN_STATE;
  // What was asked for is happening: no failure.
  if (isUnderWay) session.print('ERROR: already shutting down');
  const kind = error instanceof CallError ? error.kind : 'other';
  if (kind === 'refused') session.fail(`ERROR: ${session.shownUrl} refused connection (already shut down?)`);
  if (kind === 'no-such-file') session.fail(`ERROR: ${session.shownUrl} no such file (already shut down?)`);
  return isUnderWay || kind === 'refused' || kind === 'no-such-file';
}
