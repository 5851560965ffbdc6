import { instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { type RolloutCourse, resumeCourse, startCourse } from './course.ts';
import type { RolloutInput } from './step.ts';

const s = (seconds: number) => instant(seconds * 1_000_000);
const connected = (...hosts: string[]): RolloutInput => ({ kind: 'started', connected: new Set(hosts) });
const phase = (hostId: string, name: 'accepted' | 'rejected' | 'applying' | 'applied' | 'failed'): RolloutInput => {
  return { kind: 'phase', hostId, phase: name };
};

/** Feeds inputs one second apart; returns the effects in words, and the course. */
function run(hosts: string[], inputs: RolloutInput[]): { told: string[]; course: RolloutCourse } {
  const course = startCourse(hosts, 60_000, s(0));
  const told: string[] = [];
  inputs.forEach((input, i) => {
    for (const effect of course.feed(input, s(i)).effects) {
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
    const deadline: RolloutInput = { kind: 'deadline', hostId: 'a' };
    expect(course.tasks.get('a')?.deadline).toBe(s(60));
    expect(course.feed(deadline, s(59)).effects).toEqual([]);
    expect(course.feed(deadline, s(60)).effects).toEqual([
      { kind: 'task', hostId: 'a', state: 'timed-out' },
      { kind: 'end', state: 'failed' },
    ]);
    expect(course.tasks.get('a')?.deadline).toBeUndefined();
  });

  it('waits half a minute for a host that vanished', () => {
    const { course } = run(['a'], [connected('a'), { kind: 'hostGone', hostId: 'a' }]);
    expect(course.tasks.get('a')?.deadline).toBe(s(31));
    expect(course.feed({ kind: 'deadline', hostId: 'a' }, s(31)).effects).toEqual([{ kind: 'end', state: 'failed' }]);
  });
});

describe('a rollout that a restart of the controller interrupted', () => {
  const stored = (hostId: string, state: 'healthy' | 'applying' | 'deferred', isTaken = false) => {
    return { hostId, state, isTaken };
  };

  it('goes on with what the store says', () => {
    const course = resumeCourse([stored('a', 'healthy'), stored('b', 'applying')], 60_000, s(0));
    expect(course.feed({ kind: 'resumed' }, s(0)).effects).toEqual([]);
    const back = course.feed({ kind: 'hostArrived', hostId: 'b', verdict: 'applied' }, s(1));
    expect(back.effects.at(-1)).toEqual({ kind: 'end', state: 'succeeded' });
    const done = resumeCourse([stored('a', 'healthy')], 60_000, s(0));
    expect(done.feed({ kind: 'resumed' }, s(0)).effects).toEqual([{ kind: 'end', state: 'succeeded' }]);
  });

  it.each(['applying', 'deferred'] as const)('has proven nothing when a newer one took its %s host', (state) => {
    const taken = resumeCourse([stored('a', state, true)], 60_000, s(0));
    expect(taken.feed({ kind: 'resumed' }, s(0)).effects).toEqual([{ kind: 'end', state: 'superseded' }]);
  });

  it('keeps the verdict of a host that a newer one took later', () => {
    const course = resumeCourse([stored('a', 'healthy', true)], 60_000, s(0));
    expect(course.feed({ kind: 'resumed' }, s(0)).effects).toEqual([{ kind: 'end', state: 'succeeded' }]);
  });
});
