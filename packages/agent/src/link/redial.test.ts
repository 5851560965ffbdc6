import { describe, expect, it } from 'vitest';
import { redial } from './redial.ts';
import type { SessionEnd } from './session-end.ts';

const lost: SessionEnd = { kind: 'lost', reason: '' };
const refused = (isPermanent: boolean, retryAfterMs: number): SessionEnd => ({
  kind: 'refused',
  reason: '',
  isPermanent,
  retryAfterMs,
  isOtherFleet: false,
});
const redirected: SessionEnd = { kind: 'redirected', reason: '', endpoints: [], afterMs: 700 };
const again: SessionEnd = { kind: 'reintroduced', reason: '' };

describe('when to dial again', () => {
  it.each<[string, SessionEnd, number, number, number, { failures: number; waitMs: number }]>([
    // name, end, stood ms, failures before, chance, expected (spread 4000)
    ['a session that stood: within the spread', lost, 60_000, 0, 0.5, { failures: 0, waitMs: 2000 }],
    ['after many failures it stood: within the spread', lost, 60_000, 9, 0.25, { failures: 0, waitMs: 1000 }],
    ['a first failure: within a second', lost, 0, 0, 0.9, { failures: 1, waitMs: 900 }],
    ['a session that hardly stood is a failure', lost, 50, 2, 0.5, { failures: 3, waitMs: 2000 }],
    ['many failures: within a minute', lost, 0, 50, 0.5, { failures: 51, waitMs: 30_000 }],
    ['a refusal for good: a minute or two', refused(true, 0), 0, 0, 0.5, { failures: 1, waitMs: 90_000 }],
    ['a refusal with a time: then, and jitter', refused(false, 5000), 0, 0, 0.5, { failures: 1, waitMs: 5500 }],
    ['overload that lasts: up to five minutes', refused(false, 5000), 0, 50, 0.5, { failures: 51, waitMs: 155_000 }],
    ['a refusal without a time: as a failure', refused(false, 0), 0, 1, 0.5, { failures: 2, waitMs: 1000 }],
    ['sent elsewhere: then, and spread', redirected, 60_000, 0, 0.5, { failures: 0, waitMs: 2700 }],
    ['sent elsewhere again and again: as failures', redirected, 5, 3, 0.5, { failures: 4, waitMs: 4700 }],
    ['another identity: at once', again, 5, 0, 0.5, { failures: 1, waitMs: 0 }],
    ['another identity again and again: as failures', again, 5, 1, 0.5, { failures: 2, waitMs: 1000 }],
  ])('%s', (_name, end, stoodMs, failures, chance, expected) => {
    expect(redial(end, stoodMs, { failures, spreadMs: 4000 }, chance)).toEqual(expected);
  });
});
