import { describe, expect, it } from 'vitest';
import type { HostReport, Outcome } from './client/command.ts';
import { exitCode, exitCodeMeaning } from './exit-code.ts';
import { emptyTally, exitCodeOfTally, type Tally, tallyOf, totalsLine } from './tally.ts';

function report(outcome: Outcome, results: readonly (readonly [string, Outcome])[] = []): HostReport {
  return {
    commandId: 'c',
    hostId: 'h',
    host: 'h',
    outcome,
    results: results.map(([target, one]) => ({ target, process: undefined, outcome: one, message: '' })),
    changes: undefined,
    message: '',
    problems: [],
  };
}

describe('exit codes', () => {
  it.each<[string, Partial<Tally>, number]>([
    ['all is done', { ok: 3 }, exitCode.ok],
    ['nothing had to be done', {}, exitCode.ok],
    ['all failed', { failed: 2 }, exitCode.error],
    ['some failed', { ok: 1, failed: 1 }, exitCode.partial],
    ['some failed and others were away', { ok: 1, failed: 1, offline: 1 }, exitCode.partial],
    ['hosts were away', { ok: 2, offline: 1 }, exitCode.unreachable],
    ['all hosts were away', { offline: 3 }, exitCode.unreachable],
    ['a host went away', { ok: 1, unknown: 1 }, exitCode.unreachable],
    ['nothing matched', { noMatch: 1 }, exitCode.noMatch],
    ['one of two targets matched', { ok: 1, noMatch: 1 }, exitCode.partial],
    ['time is up', { ok: 1, stillRunning: 1 }, exitCode.timeout],
    ['time is up after a failure', { ok: 1, failed: 1, stillRunning: 1 }, exitCode.partial],
  ])('when %s', (_what, counts, code) => {
    expect(exitCodeOfTally({ ...emptyTally, ...counts })).toBe(code);
  });

  it('each has a meaning', () => {
    expect(Object.keys(exitCodeMeaning).map(Number).sort()).toEqual(Object.values(exitCode).map(Number).sort());
  });
});

describe('tallyOf', () => {
  it('counts processes where there are any, else the host', () => {
    const many = report('failed', [
      ['a', 'ok'],
      ['b', 'no-change'],
      ['c', 'failed'],
    ]);
    expect(tallyOf(many)).toEqual({ ...emptyTally, ok: 2, failed: 1 });
    expect(tallyOf(report('host-offline'))).toEqual({ ...emptyTally, offline: 1 });
  });

  it('counts a host that fails as a whole, whatever its processes say', () => {
    expect(tallyOf(report('unknown', [['a', 'ok']]))).toEqual({ ...emptyTally, ok: 1, unknown: 1 });
  });

  it('says the rarer counts only where there are any', () => {
    expect(totalsLine({ ...emptyTally, ok: 2 })).toBe('ok 2, failed 0, offline 0, no match 0');
    expect(totalsLine({ ...emptyTally, unknown: 1, stillRunning: 2 })).toMatch(
      /no match 0, unknown 1, still running 2$/,
    );
  });
});
