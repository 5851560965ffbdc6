/** A few seconds of what `npm run faults` does for minutes. */
import { describe, expect, it } from 'vitest';
import { runKills } from './kills.ts';

describe('kill -9', () => {
  it('of controllers and links at random moments loses nothing, doubles nothing and keeps the order', async () => {
    const report = await runKills({
      seed: 1,
      forMs: 15_000,
      hosts: 2,
      programsPerHost: 6,
      victims: ['link', 'link', 'controller', 'both', 'program'],
    });
    expect(report.faults).toEqual([]);
    expect(report.kills.controller + report.kills.both).toBeGreaterThan(0);
    expect(report.kills.link).toBeGreaterThan(0);
    expect(report.runs).toBeGreaterThan(12);
    expect(report.commands).toBeGreaterThan(0);
  }, 90_000);
});
