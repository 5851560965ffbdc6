/** Does what the page is asked for, as the methods of the same names do, and says in Supervisor's words what came of it. */
import { formatNamespec } from '@fleetvisor/config';
import { assertNever, messageOf } from '@fleetvisor/primitives';
import type { ProcessName } from '../../supervision/status.ts';
import type { StartResult, Supervisor } from '../../supervision/supervisor.ts';
import type { Daemon } from '../daemon.ts';
import { type FaultName, XmlRpcFault } from '../xmlrpc/fault.ts';
import { formatCtime } from './ctime.ts';
import type { PageAction } from './page-action.ts';

export type ActingDaemon = Pick<Daemon, 'clock' | 'supervisor' | 'state'>;

/** How many processes that did not come up are told one by one: the message travels in an address. */
const errorsToldMax = 10;

/**
 * Resolves with the message when the action is done with: processes are up, down, or have failed. It goes on although
 * the client went away.
 */
export async function carryOut(daemon: ActingDaemon, action: PageAction): Promise<string> {
  if (daemon.state() !== 'running') return faultText('SHUTDOWN_STATE');
  const { supervisor } = daemon;
  switch (action.kind) {
    case 'stopall':
      await stopAll(supervisor, true);
      return `All stopped at ${formatCtime(daemon.clock)}`;
    case 'restartall':
      return restartAll(daemon);
    case 'start':
      return startMessage(await supervisor.start(action.process), action.namespec, 'started');
    case 'stop':
      return stop(supervisor, action);
    case 'restart':
      await supervisor.stop(action.process, { byHand: false });
      return startMessage(await supervisor.start(action.process), action.namespec, 'restarted');
    case 'clearlog':
      return clearLog(supervisor, action);
    default:
      return assertNever(action);
  }
}

type OneProcess = Extract<PageAction, { readonly namespec: string }>;

async function stop(supervisor: Supervisor, { process, namespec }: OneProcess): Promise<string> {
  const result = await supervisor.stop(process, { byHand: true });
  switch (result) {
    case 'stopped':
      return `Process ${namespec} stopped`;
    case 'not-running':
      return faultText('NOT_RUNNING', namespec);
    case 'no-such-process':
      return faultText('BAD_NAME', namespec);
    default:
      return assertNever(result);
  }
}

function clearLog(supervisor: Supervisor, { process, namespec }: OneProcess): string {
  try {
    if (!supervisor.clearLogs(process)) return faultText('BAD_NAME', namespec);
    return `Log for ${namespec} cleared`;
  } catch (thrown) {
    return faultText('FAILED', `${namespec}: ${messageOf(thrown)}`);
  }
}

/** Each process at once, in Supervisor's order. */
async function stopAll(supervisor: Supervisor, byHand: boolean): Promise<void> {
  await Promise.all(supervisor.processNames().map((process) => supervisor.stop(process, { byHand })));
}

/** Those too that were stopped before, as in Supervisor; unlike there, what did not come up is told. */
async function restartAll({ supervisor, clock }: ActingDaemon): Promise<string> {
  await stopAll(supervisor, false);
  const down = supervisor.processNames().filter((process) => !isUp(supervisor, process));
  const started = await Promise.all(
    down.map(async (process) => startError(await supervisor.start(process), formatNamespec(process))),
  );
  const errors = started.filter((error) => error !== undefined);
  const time = formatCtime(clock);
  if (errors.length === 0) return `All restarted at ${time}`;
  const lines = errors.slice(0, errorsToldMax);
  if (errors.length > lines.length) lines.push(`ERROR: ${errors.length - lines.length} more did not come up`);
  return [`${started.length - errors.length} of ${started.length} restarted at ${time}`, ...lines].join('\n');
}

function isUp(supervisor: Supervisor, process: ProcessName): boolean {
  const state = supervisor.status(process)?.state;
  return state === 'STARTING' || state === 'RUNNING' || state === 'BACKOFF';
}

/** Supervisor calls every restart one; here it is one only when the process came up (trap 74). */
function startMessage(result: StartResult, namespec: string, done: 'started' | 'restarted'): string {
  return startError(result, namespec) ?? `Process ${namespec} ${done}`;
}

function startError(result: StartResult, namespec: string): string | undefined {
  const problem = startProblem(result, namespec);
  return problem === undefined ? undefined : `ERROR: Process ${namespec}: ${problem}`;
}

function startProblem(result: StartResult, namespec: string): string | undefined {
  switch (result) {
    case 'started':
      return undefined;
    case 'no-file':
      return 'no such file';
    case 'not-executable':
      return 'file not executable';
    case 'already-started':
      return 'already started';
    case 'spawn-error':
      return 'spawn error';
    case 'abnormal-termination':
      return 'abnormal termination';
    case 'held':
      return 'stopped by hand';
    case 'unknown-state':
      return faultText('FAILED', `${namespec} is in an unknown process state`);
    case 'shutting-down':
      return faultText('SHUTDOWN_STATE');
    case 'no-such-process':
      return faultText('BAD_NAME', namespec);
    default:
      return assertNever(result);
  }
}

export function faultText(name: FaultName, detail?: string): string {
  const fault = new XmlRpcFault(name, detail);
  return `unexpected rpc fault [${fault.code}] ${fault.message}`;
}
