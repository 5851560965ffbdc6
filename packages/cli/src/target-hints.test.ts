import { describe, expect, it } from 'vitest';
import { targetHint } from './target-hints.ts';

describe('targetHint', () => {
  it.each<[string, boolean, string | undefined]>([
    ['web1', true, 'web1 is a host: write --host web1, or web1/all'],
    ['web1:cat', true, 'web1 is a host: write web1/cat'],
    ['web1:*', true, 'web1 is a host: write web1/*'],
    ['web1', false, undefined],
    ['web1:cat', false, undefined],
    ['ALL', false, 'ALL names no process: did you mean all?'],
    ['All', false, 'All names no process: did you mean all?'],
    ['all', false, undefined],
  ])('of %s (a host: %s)', (target, isHost, hint) => {
    expect(targetHint(target, isHost)).toBe(hint);
  });
});
