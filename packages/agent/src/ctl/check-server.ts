/** What most commands do first: see that the server is there and speaks Supervisor's interface. */
import { faultCodes } from '../compat/xmlrpc/fault.ts';
import { CallError, RpcFault } from './client/call-error.ts';
import { exitCodes } from './exit-code.ts';
import type { CtlSession } from './session.ts';

const API_VERSION = '3.0';

/** False when it has said why not, and set the exit code. @throws RpcFault | CallError for what has no words of its own */
export async function isServerReady(session: CtlSession): Promise<boolean> {
  try {
    const version = await session.supervisor.apiVersion();
    if (version === API_VERSION) return true;
    session.fail(
      `Sorry, this version of supervisorctl expects to talk to a server with API version ${API_VERSION}, but the remote ` +
        `version is ${version}.`,
      exitCodes.otherVersion,
    );
    return false;
  } catch (error) {
    if (!hasToldWhy(session, error)) throw error;
    return false;
  }
}

function hasToldWhy(session: CtlSession, error: unknown): boolean {
  if (error instanceof RpcFault && error.code === faultCodes.UNKNOWN_METHOD) {
    session.fail(
      'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to ' +
        'control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see ' +
        'sample.conf).',
      exitCodes.statusNotRunning,
    );
    return true;
  }
  if (!(error instanceof CallError)) return false;
  if (error.kind === 'refused') session.fail(`${session.shownUrl} refused connection`, exitCodes.statusUnknown);
  if (error.kind === 'no-such-file') session.fail(`${session.shownUrl} no such file`, exitCodes.notRunning);
  return error.kind === 'refused' || error.kind === 'no-such-file';
}
