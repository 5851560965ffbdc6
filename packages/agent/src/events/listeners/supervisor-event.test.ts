import { describe, expect, it } from 'vitest';
import type { Transition } from '../../supervision/process/effect.ts';
import { runId } from '../../supervision/process/state.ts';
import type { StateName } from '../../supervision/status.ts';
import { renderPayload, type SupervisorEvent, typeOf } from './supervisor-event.ts';

const process = { group: 'g', name: 'cat' };

function state(from: StateName, to: StateName, facts: Partial<Transition> = {}): SupervisorEvent {
  const rest = { run: runId(3), pid: 2766, tries: 1, exit: undefined, expected: true, spawnError: '' };
  return { kind: 'processState', process, transition: { from, to, ...rest, ...facts } };
}

function output(
  kind: 'processLog' | 'processCommunication',
  channel: 'stdout' | 'stderr',
  data: string | Buffer,
): SupervisorEvent {
  return { kind, source: { process, channel, pid: () => 2766 }, data: Buffer.from(data) };
}

const names = 'processname:cat groupname:g';

describe('events in Supervisor words', () => {
  it.each([
    ['PROCESS_STATE_STARTING', state('STOPPED', 'STARTING', { tries: 0 }), `${names} from_state:STOPPED tries:0`],
    ['PROCESS_STATE_BACKOFF', state('STARTING', 'BACKOFF'), `${names} from_state:STARTING tries:1`],
    ['PROCESS_STATE_RUNNING', state('STARTING', 'RUNNING'), `${names} from_state:STARTING pid:2766`],
    ['PROCESS_STATE_EXITED', state('RUNNING', 'EXITED'), `${names} from_state:RUNNING expected:1 pid:2766`],
    [
      'PROCESS_STATE_EXITED',
      state('RUNNING', 'EXITED', { expected: false }),
      `${names} from_state:RUNNING expected:0 pid:2766`,
    ],
    ['PROCESS_STATE_STOPPING', state('RUNNING', 'STOPPING'), `${names} from_state:RUNNING pid:2766`],
    ['PROCESS_STATE_STOPPED', state('BACKOFF', 'STOPPED', { pid: 0 }), `${names} from_state:BACKOFF pid:0`],
    ['PROCESS_STATE_FATAL', state('BACKOFF', 'FATAL'), `${names} from_state:BACKOFF`],
    ['PROCESS_STATE_UNKNOWN', state('RUNNING', 'UNKNOWN'), `${names} from_state:RUNNING`],
    ['PROCESS_LOG_STDOUT', output('processLog', 'stdout', 'hi\n'), `${names} pid:2766 channel:stdout\nhi\n`],
    ['PROCESS_LOG_STDERR', output('processLog', 'stderr', 'hé'), `${names} pid:2766 channel:stderr\nhé`],
    [
      'PROCESS_LOG_STDERR',
      output('processLog', 'stderr', Buffer.from('h\xe9', 'latin1')),
      `${names} pid:2766 channel:stderr\nUndecodable: b'h\\xe9'`,
    ],
    ['PROCESS_COMMUNICATION_STDOUT', output('processCommunication', 'stdout', 'x'), `${names} pid:2766\nx`],
    ['PROCESS_COMMUNICATION_STDERR', output('processCommunication', 'stderr', ''), `${names} pid:2766\n`],
    ['REMOTE_COMMUNICATION', { kind: 'remoteCommunication', type: 'deploy', data: 'a\nb' }, 'type:deploy\na\nb'],
    ['SUPERVISOR_STATE_CHANGE_RUNNING', { kind: 'supervisorState', state: 'RUNNING' }, ''],
    ['SUPERVISOR_STATE_CHANGE_STOPPING', { kind: 'supervisorState', state: 'STOPPING' }, ''],
    ['PROCESS_GROUP_ADDED', { kind: 'processGroup', change: 'ADDED', group: 'g' }, 'groupname:g\n'],
    ['PROCESS_GROUP_REMOVED', { kind: 'processGroup', change: 'REMOVED', group: 'g' }, 'groupname:g\n'],
    ['TICK_3600', { kind: 'tick', period: 3600, whenS: 1795219200 }, 'when:1795219200'],
  ] as const satisfies readonly (readonly [string, SupervisorEvent, string])[])('%s', (type, event, payload) => {
    expect(typeOf(event)).toBe(type);
    expect(renderPayload(event).toString()).toBe(payload);
  });

  it('keep a copy of what was lent', () => {
    const lent = Buffer.from('before');
    const payload = renderPayload({
      kind: 'processLog',
      source: { process, channel: 'stdout', pid: () => 1 },
      data: lent,
    });
    lent.fill('z');
    expect(payload.toString().endsWith('before')).toBe(true);
  });
});
