import { describe, expect, it } from 'vitest';
import { HANDOVER_FORMAT } from './handover.ts';
import { judgeReport } from './prove.ts';

const report = { version: '2.0.0', formats: [HANDOVER_FORMAT], programs: 5 };

describe('what another version proves', () => {
  it('lets it take over', () => {
    expect(judgeReport('/new', report, 5)).toBe('2.0.0');
  });

  it('is not enough where it would leave a program behind', () => {
    expect(() => judgeReport('/new', report, 6)).toThrow('would go on with 5 of 6 programs');
  });

  it('is not enough where it does not read what we hand over', () => {
    const other = { ...report, formats: [HANDOVER_FORMAT + 1] };
    expect(() => judgeReport('/new', other, 5)).toThrow('restart the agent instead');
  });
});
