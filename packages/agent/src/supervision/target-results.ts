/** Results of requests in supervisorctl's words, without the name in front. Pure. */
import { formatNamespec } from '@fleetvisor/config';
import type { Outcome, TargetResult } from './action.ts';
import type { ProcessName } from './status.ts';
import type { SignalResult, StartResult, StopResult } from './supervisor.ts';

type Words = Pick<TargetResult, 'outcome' | 'message'>;

function words(outcome: Outcome, message: string): Words {
  return { outcome, message };
}

const noSuchProcess = words('no-match', 'ERROR (no such process)');
const noSuchGroup = words('no-match', 'ERROR (no such group)');

const startWords = {
  started: words('ok', 'started'),
  'already-started': words('no-change', 'ERROR (already started)'),
  'no-file': words('failed', 'ERROR (no such file)'),
  'not-executable': words('failed', 'ERROR (file is not executable)'),
  'spawn-error': words('failed', 'ERROR (spawn error)'),
  'abnormal-termination': words('failed', 'ERROR (abnormal termination)'),
  held: words('no-change', 'held: stopped by hand'),
  'unknown-state': words('failed', 'ERROR (unknown process state)'),
  'shutting-down': words('failed', 'ERROR (shutting down)'),
  'no-such-process': noSuchProcess,
} as const satisfies Record<StartResult, Words>;

const stopWords = {
  stopped: words('ok', 'stopped'),
  'not-running': words('no-change', 'ERROR (not running)'),
  'no-such-process': noSuchProcess,
} as const satisfies Record<StopResult, Words>;

const signalWords = {
  signalled: words('ok', 'signalled'),
  'not-running': words('failed', 'ERROR (not running)'),
  failed: words('failed', 'ERROR (failed)'),
  'no-such-process': noSuchProcess,
} as const satisfies Record<SignalResult, Words>;

function about(process: ProcessName, said: Words): TargetResult {
  const { group, name } = process;
  return { target: formatNamespec(process), process: { group, name }, ...said };
}

export function startResult(process: ProcessName, result: StartResult): TargetResult {
  return about(process, startWords[result]);
}

export function stopResult(process: ProcessName, result: StopResult): TargetResult {
  return about(process, stopWords[result]);
}

export function signalResult(process: ProcessName, result: SignalResult): TargetResult {
  return about(process, signalWords[result]);
}

export function badSignalResult(process: ProcessName): TargetResult {
  return about(process, words('failed', 'ERROR (bad signal name)'));
}

/** @param failure why the logs could not be emptied; undefined when they were */
export function clearResult(process: ProcessName, failure: string | undefined): TargetResult {
  return about(process, failure === undefined ? words('ok', 'cleared') : words('failed', `ERROR (failed): ${failure}`));
}

/** Nothing has the name that was asked for. */
export function noMatch(target: string, kind: 'process' | 'group'): TargetResult {
  return { target, process: undefined, ...(kind === 'group' ? noSuchGroup : noSuchProcess) };
}
