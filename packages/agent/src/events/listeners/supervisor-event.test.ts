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
    [state('STOPPED', 'STARTING', { tries: 0 }), 'PROCESS_STATE_STARTING', `${names} from_state:STOPPED tries:0`],
    [state('STARTING', 'BACKOFF'), 'PROCESS_STATE_BACKOFF', `${names} from_state:STARTING tries:1`],
    [state('STARTING', 'RUNNING'), 'PROCESS_STATE_RUNNING', `${names} from_state:STARTING pid:2766`],
    [state('RUNNING', 'EXITED'), 'PROCESS_STATE_EXITED', `${names} from_state:RUNNING expected:1 pid:2766`],
    [
      state('RUNNING', 'EXITED', { expected: false }),
      'PROCESS_STATE_EXITED',
      `${names} from_state:RUNNING expected:0 pid:2766`,
    ],
    [state('RUNNING', 'STOPPING'), 'PROCESS_STATE_STOPPING', `${names} from_state:RUNNING pid:2766`],
    [state('BACKOFF', 'STOPPED', { pid: 0 }), 'PROCESS_STATE_STOPPED', `${names} from_state:BACKOFF pid:0`],
    [state('BACKOFF', 'FATAL'), 'PROCESS_STATE_FATAL', `${names} from_state:BACKOFF`],
    [state('RUNNING', 'UNKNOWN'), 'PROCESS_STATE_UNKNOWN', `${names} from_state:RUNNING`],
    [output('processLog', 'stdout', 'hi\n'), 'PROCESS_LOG_STDOUT', `${names} pid:2766 channel:stdout\nhi\n`],
    [output('processLog', 'stderr', 'hé'), 'PROCESS_LOG_STDERR', `${names} pid:2766 channel:stderr\nhé`],
    [
      output('processLog', 'stderr', Buffer.from('h\xe9', 'latin1')),
      'PROCESS_LOG_STDERR',
      `${names} pid:2766 channel:stderr\nUndecodable: b'h\\xe9'`,
    ],
    [output('processCommunication', 'stdout', 'x'), 'PROCESS_COMMUNICATION_STDOUT', `${names} pid:2766\nx`],
    [output('processCommunication', 'stderr', ''), 'PROCESS_COMMUNICATION_STDERR', `${names} pid:2766\n`],
    [{ kind: 'remoteCommunication', type: 'deploy', data: 'a\nb' }, 'REMOTE_COMMUNICATION', 'type:deploy\na\nb'],
    [{ kind: 'supervisorState', state: 'RUNNING' }, 'SUPERVISOR_STATE_CHANGE_RUNNING', ''],
    [{ kind: 'supervisorState', state: 'STOPPING' }, 'SUPERVISOR_STATE_CHANGE_STOPPING', ''],
    [{ kind: 'processGroup', change: 'ADDED', group: 'g' }, 'PROCESS_GROUP_ADDED', 'groupname:g\n'],
    [{ kind: 'processGroup', change: 'REMOVED', group: 'g' }, 'PROCESS_GROUP_REMOVED', 'groupname:g\n'],
    [{ kind: 'tick', period: 3600, whenS: 1795219200 }, 'TICK_3600', 'when:1795219200'],
  ] as const satisfies readonly (readonly [SupervisorEvent, string, string])[])('%#: %2$s', (event, type, payload) => {
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
