/** A little of what `npm run faults` does for minutes; all at once, since one of them mostly waits. */
import { describe, expect, it } from 'vitest';
import { runCuts } from './cuts.ts';
import { runKills } from './kills.ts';
import { whyNoNetwork } from './network.ts';
import { describeUnless, notTested } from './skip-loudly.ts';

describe.concurrent('faults', () => {
  it('kill -9 of controllers and links at random moments loses nothing, doubles nothing and keeps the order', async () => {
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
  }, 150_000);

  it('kill -9 of agents, alone and with the controller, loses no run, starts none twice and leaves logs whole', async () => {
    const report = await runKills({
      seed: 2,
      forMs: 15_000,
      hosts: 2,
      programsPerHost: 5,
      victims: ['engine', 'all'],
    });
    expect(report.faults).toEqual([]);
    expect(report.kills.engine).toBeGreaterThan(0);
    expect(report.kills.all).toBeGreaterThan(0);
    expect(report.runs).toBeGreaterThan(10);
  }, 150_000);

  describeUnless(whyNoNetwork, 'a network of its own', () => {
    it('cut without a word is noticed within the lease, and a slow one carries events past logs: nothing is lost', async () => {
      const report = await runCuts(notTested);
      expect(report.faults).toEqual([]);
      expect(report.commandCode).not.toBe(0);
      // The longest lease is 55 s; the keepalive of the connection is sooner.
      expect(report.unknownAfterMs).toBeLessThan(56_000);
      expect(report.noticedAfterMs).toBeLessThan(56_000);
      // Behind the logs that are on their way it would take longer.
      expect(report.slowCrashMs).toBeLessThan(6_000);
    }, 200_000);
  });
});
