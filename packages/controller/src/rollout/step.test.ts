import { instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { deadlineOf, type RolloutCourse, type RolloutInput, resumeCourse, startCourse, step } from './step.ts';

const s = (seconds: number) => instant(seconds * 1_000_000);
const connected = (...hosts: string[]): RolloutInput => ({ kind: 'started', connected: new Set(hosts) });
const phase = (hostId: string, name: 'accepted' | 'rejected' | 'applying' | 'applied' | 'failed'): RolloutInput => {
  return { kind: 'phase', hostId, phase: name };
};

/** Feeds inputs one second apart; returns the effects in words, and the course. */
function run(hosts: string[], inputs: RolloutInput[]): { told: string[]; course: RolloutCourse } {
  let course = startCourse(hosts, 60_000, s(0));
  const told: string[] = [];
  inputs.forEach((input, i) => {
    const move = step(course, input, s(i));
    course = move.course;
    for (const effect of move.effects) {
      told.push(
        effect.kind === 'end'
          ? `end ${effect.state}`
          : `${effect.hostId} ${effect.kind === 'offer' ? '<- offer' : effect.state}`,
      );
    }
  });
  return { told, course };
}

describe('a rollout', () => {
  it('succeeds when every host has applied it', () => {
    const inputs = [
      connected('a', 'b'),
      phase('a', 'accepted'),
      phase('a', 'applying'),
      phase('b', 'applied'),
      phase('a', 'applied'),
    ];
    expect(run(['a', 'b'], inputs).told).toEqual([
      'a offered',
      'a <- offer',
      'b offered',
      'b <- offer',
      'a accepted',
      'a applying',
      'b healthy',
      'a healthy',
      'end succeeded',
    ]);
  });

  const table: [string, string[], RolloutInput[], string[]][] = [
    ['without targets ends at once', [], [connected()], ['end succeeded']],
    [
      'defers hosts that are away',
      ['a', 'b'],
      [connected('a'), phase('a', 'applied')],
      ['a offered', 'a <- offer', 'b deferred', 'a healthy', 'end succeeded-with-deferred'],
    ],
    [
      'fails when a host refuses it',
      ['a'],
      [connected('a'), phase('a', 'rejected')],
      ['a offered', 'a <- offer', 'a rejected', 'end failed'],
    ],
    [
      'fails when a program does not come up',
      ['a'],
      [connected('a'), phase('a', 'failed')],
      ['a offered', 'a <- offer', 'a unhealthy', 'end failed'],
    ],
    [
      'takes in a deferred host that returns while it runs',
      ['a', 'b'],
      [
        connected('a'),
        { kind: 'hostArrived', hostId: 'b', verdict: 'not-told' },
        phase('a', 'applied'),
        phase('b', 'applied'),
      ],
      ['a offered', 'a <- offer', 'b deferred', 'b offered', 'b <- offer', 'a healthy', 'b healthy', 'end succeeded'],
    ],
    [
      'believes a host that carried on alone',
      ['a'],
      [connected('a'), { kind: 'hostGone', hostId: 'a' }, { kind: 'hostArrived', hostId: 'a', verdict: 'applied' }],
      ['a offered', 'a <- offer', 'a vanished', 'a healthy', 'end succeeded'],
    ],
    [
      'does not offer again what the host is applying',
      ['a'],
      [connected('a'), { kind: 'hostGone', hostId: 'a' }, { kind: 'hostArrived', hostId: 'a', verdict: 'applying' }],
      ['a offered', 'a <- offer', 'a vanished', 'a applying'],
    ],
    [
      'hands its hosts over to a newer one',
      ['a', 'b'],
      [connected('a', 'b'), phase('a', 'applied'), { kind: 'superseded' }],
      ['a offered', 'a <- offer', 'b offered', 'b <- offer', 'a healthy', 'b superseded', 'end superseded'],
    ],
    [
      'does not wait for a host that was forgotten',
      ['a'],
      [connected('a'), { kind: 'hostForgotten', hostId: 'a' }],
      ['a offered', 'a <- offer', 'a vanished', 'end failed'],
    ],
    [
      'does not go back a phase',
      ['a'],
      [connected('a'), phase('a', 'applying'), phase('a', 'accepted'), phase('a', 'applying')],
      ['a offered', 'a <- offer', 'a applying'],
    ],
    ['knows its own hosts only', ['a'], [connected('a'), phase('z', 'rejected')], ['a offered', 'a <- offer']],
  ];
  it.each(table)('%s', (_name, hosts, inputs, expected) => {
    expect(run(hosts, inputs).told).toEqual(expected);
  });

  it('gives up at the deadline, and looks at the clock itself', () => {
    const { course } = run(['a'], [connected('a')]);
    expect(deadlineOf(course)).toBe(s(60));
    expect(step(course, { kind: 'deadline' }, s(59)).effects).toEqual([]);
    const late = step(course, { kind: 'deadline' }, s(60));
    expect(late.effects).toEqual([
      { kind: 'task', hostId: 'a', state: 'timed-out' },
      { kind: 'end', state: 'failed' },
    ]);
    expect(deadlineOf(late.course)).toBeUndefined();
  });

  it('waits half a minute for a host that vanished', () => {
    const { course } = run(['a'], [connected('a'), { kind: 'hostGone', hostId: 'a' }]);
    expect(deadlineOf(course)).toBe(s(31));
    expect(step(course, { kind: 'deadline' }, s(31)).effects).toEqual([{ kind: 'end', state: 'failed' }]);
  });

  it('goes on after a restart of the controller with what the store says', () => {
    const stored = [
      { hostId: 'a', state: 'healthy' as const },
      { hostId: 'b', state: 'applying' as const },
    ];
    const resumed = step(resumeCourse(stored, 60_000, s(0)), { kind: 'resumed' }, s(0));
    expect(resumed.effects).toEqual([]);
    const back = step(resumed.course, { kind: 'hostArrived', hostId: 'b', verdict: 'applied' }, s(1));
    expect(back.effects.at(-1)).toEqual({ kind: 'end', state: 'succeeded' });
    const done = resumeCourse([{ hostId: 'a', state: 'healthy' }], 60_000, s(0));
    expect(step(done, { kind: 'resumed' }, s(0)).effects).toEqual([{ kind: 'end', state: 'succeeded' }]);
  });
});
