import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { PlanMode, PlannedAction } from './plan-action.ts';
import { groupSpec, processSpec } from './testing/specs.ts';

/** A plan as a person would read it. */
function shown(desired: ProcessGroupSpec[], effective: ProcessGroupSpec[], mode: PlanMode = 'minimal'): string[] {
  return plan(desired, effective, mode).map((action) => {
    const name = nameOf(action);
    return `${action.kind} ${name}: ${action.reason}`;
  });
}

function nameOf(action: PlannedAction): string {
  if (action.kind === 'remove-group') return action.name;
  if ('spec' in action) return action.spec.name;
  return 'process' in action ? action.process.name : action.group.name;
}

function workers(count: number, options: Partial<ProcessSpec> = {}): ProcessGroupSpec {
  const processes = Array.from({ length: count }, (_, i) => processSpec(`w_${i}`, options));
  return groupSpec('w', { processes });
}

const single = (options: Partial<ProcessSpec> = {}) => groupSpec('a', { processes: [processSpec('a', options)] });
const toFile = (path: string) => ({ ...processSpec('x').stdout, target: { kind: 'file', path } as const });

describe('plan', () => {
  it.each(['minimal', 'compat'] as const)('is empty when nothing changed, or only lines moved (%s)', (mode) => {
    const moved = { ...single(), source: { file: 'other.conf', line: 99 } };
    expect(plan([moved, workers(2)], [single(), workers(2)], mode)).toEqual([]);
  });

  it.each(['minimal', 'compat'] as const)(
    'is empty for two processes of one name, of which the last runs (%s)',
    (mode) => {
      const [hidden, last] = [processSpec('x', { command: 'a' }), processSpec('x', { command: 'b' })];
      const running = groupSpec('g', { processes: [last] });
      expect(plan([groupSpec('g', { processes: [hidden, last] })], [running], mode)).toEqual([]);
    },
  );

  it.each(['minimal', 'compat'] as const)('removes, then adds (%s)', (mode) => {
    expect(shown([groupSpec('b'), groupSpec('c')], [single(), groupSpec('b')], mode)).toEqual([
      'remove-group a: no longer in the configuration',
      'add-group c: new in the configuration',
    ]);
  });
});

describe('a minimal plan', () => {
  it('restarts only the process that changed', () => {
    const before = groupSpec('g', { processes: [processSpec('a'), processSpec('b'), processSpec('c')] });
    const after = groupSpec('g', {
      processes: [processSpec('a'), processSpec('b', { command: '/bin/other', user: 'nobody' }), processSpec('c')],
    });
    expect(shown([after], [before])).toEqual(['restart-process b: command, user changed']);
  });

  it('grows and shrinks a group without touching the rest', () => {
    expect(shown([workers(3)], [workers(2)])).toEqual([
      'add-process w_2: new in its process group',
      'adjust-group w: order of the process group changed',
    ]);
    expect(shown([workers(1)], [workers(2)])).toEqual([
      'remove-process w_1: no longer in its process group',
      'adjust-group w: order of the process group changed',
    ]);
  });

  it.each<[keyof ProcessSpec, Partial<ProcessSpec>]>([
    ['priority', { priority: 1 }],
    ['autostart', { autostart: false }],
    ['autorestart', { autorestart: 'never' }],
    ['startsecs', { startsecs: 9 }],
    ['startretries', { startretries: 9 }],
    ['exitcodes', { exitcodes: [0, 2] }],
    ['stopsignal', { stopsignal: 'INT' }],
    ['stopwaitsecs', { stopwaitsecs: 60 }],
    ['stopasgroup', { stopasgroup: true, killasgroup: true }],
    ['stdout', { stdout: { ...processSpec('a').stdout, maxBytes: 1, backups: 1 } }],
  ])('changes %s in place', (_, options) => {
    expect(plan([single(options)], [single()], 'minimal').map(({ kind }) => kind)).toEqual(['adjust-process']);
  });

  it.each<[string, Partial<ProcessSpec>]>([
    ['command', { command: '/bin/other' }],
    ['directory', { directory: '/srv' }],
    ['umask', { umask: 0o77 }],
    ['environment', { environment: { A: '1' } }],
    ['redirect_stderr', { redirectStderr: true }],
    ['stdout_logfile', { stdout: toFile('/var/log/other') }],
    ['a mix of both kinds', { command: '/bin/other', priority: 1 }],
  ])('restarts for %s', (_, options) => {
    expect(plan([single(options)], [single()], 'minimal').map(({ kind }) => kind)).toEqual(['restart-process']);
  });

  it('sees a change to AUTO, which Supervisor does not', () => {
    const auto = { ...processSpec('a').stdout, target: { kind: 'auto' } as const };
    const [before, after] = [single({ stdout: toFile('/var/log/a') }), single({ stdout: auto })];
    expect(shown([after], [before])).toEqual(['restart-process a: stdout_logfile changed']);
    expect(shown([after], [before], 'compat')).toEqual([]);
  });

  it('replaces a group whose kind changed', () => {
    const listener: ProcessGroupSpec = {
      ...single(),
      kind: 'eventlistener',
      events: ['TICK_5'],
      bufferSize: 10,
      resultHandler: 'supervisor.dispatchers:default_handler',
    };
    expect(shown([listener], [single()])).toEqual(['replace-group a: kind changed']);
    expect(shown([{ ...listener, events: ['TICK_60'], bufferSize: 5 }], [listener])).toEqual([
      'replace-group a: events, buffer_size changed',
    ]);
  });

  it('gives a group another priority in place', () => {
    const before = groupSpec('g', { priority: 1 });
    expect(shown([groupSpec('g', { priority: 2 })], [before])).toEqual([
      'adjust-group g: priority of the process group changed',
    ]);
  });
});

describe('a compat plan', () => {
  it('replaces the whole group for any change in it, and says what changed', () => {
    expect(shown([workers(3, { stopwaitsecs: 3 })], [workers(2)], 'compat')).toEqual([
      'replace-group w: stopwaitsecs, processes, order of the process group changed',
    ]);
  });
});
