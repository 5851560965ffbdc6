import { describe, expect, it } from 'vitest';
import { judgeReport } from './prove.ts';

const report = { version: '2.0.0', formats: [1], schema: 3, programs: 5 };

describe('what another version proves', () => {
  it('lets it take over, and says whether there is a way back', () => {
    expect(judgeReport('/new', report, { schema: 3, programs: 5 })).toEqual({ version: '2.0.0', hasWayBack: true });
    expect(judgeReport('/new', report, { schema: 2, programs: 5 }).hasWayBack).toBe(false);
  });

  it('is not enough where it would leave a program behind', () => {
    expect(() => judgeReport('/new', report, { schema: 3, programs: 6 })).toThrow('would go on with 5 of 6 programs');
  });

  it('is not enough where it does not read what we hand over', () => {
    const other = { ...report, formats: [2] };
    expect(() => judgeReport('/new', other, { schema: 3, programs: 5 })).toThrow('restart the agent instead');
  });
});
