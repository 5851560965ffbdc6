import { describe, expect, it } from 'vitest';
import type { HostReport, Outcome } from './client/command.ts';
import { noneUnmatched, unmatchedTargets } from './unmatched-targets.ts';

function report(host: string, outcome: Outcome, results: readonly (readonly [string, Outcome])[] = []): HostReport {
  return {
    commandId: 'c',
    hostId: host,
    host,
    outcome,
    results: results.map(([target, one]) => ({ target, process: undefined, outcome: one, message: '' })),
    changes: undefined,
    message: '',
    problems: [],
  };
}

describe('unmatchedTargets', () => {
  it('names what no host has', () => {
    const reports = [
      report('a', 'no-match', [
        ['cat', 'no-match'],
        ['dog', 'no-match'],
      ]),
      report('b', 'no-match', [
        ['cat:cat', 'ok'],
        ['dog', 'no-match'],
      ]),
    ];
    expect(unmatchedTargets(['cat', 'dog'], reports)).toEqual({ nowhere: ['dog'], undecided: [] });
  });

  it('believes a host that says no more than that nothing matches', () => {
    expect(unmatchedTargets(['cat'], [report('a', 'no-match')]).nowhere).toEqual(['cat']);
  });

  it('blames no name on hosts that are away', () => {
    expect(unmatchedTargets(['cat'], [report('a', 'host-offline')])).toEqual(noneUnmatched);
  });

  it.each<Outcome>(['host-offline', 'unknown', 'expired', 'cancelled', 'rejected'])('cannot tell of %s', (outcome) => {
    const reports = [report('b', outcome), report('c', 'no-match', [['cat', 'no-match']]), report('a', outcome)];
    expect(unmatchedTargets(['cat'], reports)).toEqual({
      nowhere: [],
      undecided: [{ target: 'cat', hosts: ['a', 'b'] }],
    });
  });
});
