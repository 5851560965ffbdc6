/** One line about what happened to one process, in supervisorctl's words. */
import { formatNamespec } from '@fleetvisor/config';
import { faultCodes } from '../compat/xmlrpc/fault.ts';
import { CallError } from './client/call-error.ts';
import type { ProcessResult } from './client/supervisor-client.ts';

export type ResultVerb = 'start' | 'stop' | 'signal' | 'clear';

const DONE: Readonly<Record<ResultVerb, string>> = {
  start: 'started',
  stop: 'stopped',
  signal: 'signalled',
  clear: 'cleared',
};

const NOT_SIGNALLED = {
  [faultCodes.BAD_NAME]: 'no such process',
  [faultCodes.BAD_SIGNAL]: 'bad signal name',
  [faultCodes.NOT_RUNNING]: 'not running',
};

const NOT_DONE: Readonly<Record<ResultVerb, Readonly<Record<number, string>>>> = {
  start: {
    [faultCodes.BAD_NAME]: 'no such process',
    [faultCodes.NO_FILE]: 'no such file',
    [faultCodes.NOT_EXECUTABLE]: 'file is not executable',
    [faultCodes.ALREADY_STARTED]: 'already started',
    [faultCodes.SPAWN_ERROR]: 'spawn error',
    [faultCodes.ABNORMAL_TERMINATION]: 'abnormal termination',
  },
  stop: NOT_SIGNALLED,
  signal: NOT_SIGNALLED,
  clear: { [faultCodes.BAD_NAME]: 'no such process', [faultCodes.FAILED]: 'failed' },
};

/** @throws CallError for a status that has no words; the command ends there */
export function describeResult(verb: ResultVerb, result: ProcessResult): string {
  // A whole group has no name of a process; its results are only ever faults, which supervisorctl shows like this.
  const name = formatNamespec({ group: result.group, name: result.name ?? 'None' });
  if (result.status === faultCodes.SUCCESS) return `${name}: ${DONE[verb]}`;
  const reason = NOT_DONE[verb][result.status];
  if (reason !== undefined) return `${name}: ERROR (${reason})`;
  if (result.status === faultCodes.FAILED && (verb === 'stop' || verb === 'signal')) return result.description;
  throw new CallError('other', 'ValueError', `Unknown result code ${result.status} for ${name}`);
}
