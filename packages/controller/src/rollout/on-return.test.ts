import { describe, expect, it } from 'vitest';
import type { ConfigPhase } from '../fleet/config-facts.ts';
import { emptyHash } from '../fleet/desired-state.ts';
import { mayOfferOnReturn, verdictOf } from './on-return.ts';

const ref = (hash: string, generation = 1n) => ({ incarnation: 'i', generation, hash });
const facts = (running: string | undefined, attempt?: [string, ConfigPhase]) => ({
  running: running === undefined ? undefined : ref(running),
  lastAttempt: attempt && { ref: ref(attempt[0]), phase: attempt[1], problems: [] },
  lastKnownGood: undefined,
});

describe('verdictOf', () => {
  it.each([
    ['runs it', facts('B'), 'applied'],
    ['runs it, by whatever number', { ...facts('B'), running: ref('B', 9n) }, 'applied'],
    ['runs another', facts('A'), 'not-told'],
    ['runs nothing', facts(undefined), 'not-told'],
    ['is at it', facts('A', ['B', 'applying']), 'applying'],
    ['has refused it', facts('A', ['B', 'rejected']), 'rejected'],
    ['has undone it', facts('A', ['B', 'reverted']), 'reverted'],
    ['runs it, but not all of it came up', facts('B', ['B', 'failed']), 'failed'],
    ['had it once, and was set back', facts('A', ['B', 'applied']), 'not-told'],
    ['has refused another one', facts('B', ['C', 'rejected']), 'applied'],
  ] as const)('of a host that %s', (_name, told, expected) => {
    expect(verdictOf(ref('B'), told)).toBe(expected);
  });

  it('asks nothing of a host that is to run nothing and never ran anything', () => {
    expect(verdictOf(ref(emptyHash), facts(undefined))).toBe('applied');
  });
});

it('keeps what failed elsewhere from a host that returns', () => {
  expect(mayOfferOnReturn('failed')).toBe(false);
  for (const state of [undefined, 'running', 'succeeded', 'succeeded-with-deferred', 'superseded'] as const) {
    expect(mayOfferOnReturn(state)).toBe(true);
  }
});
