import type { ConfigProblem } from '@fleetvisor/config';
import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { Offer } from '../bridge/port.ts';
import type { ActionResult } from '../supervision/action.ts';
import { openAgentDb } from './agent-db.ts';
import { CommandLog } from './command-log.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { FleetState } from './fleet-state.ts';
import { StoppedByHand } from './stopped-by-hand.ts';

function offer(generation: bigint, text: string): Offer {
  return {
    nonce: `n${generation}`,
    to: { incarnation: 'i', generation, hash: `hash of ${text}` },
    files: [{ name: 'web.conf', revision: generation, content: new TextEncoder().encode(text) }],
    rolloutId: `r${generation}`,
    mode: 'compat',
  };
}

describe('FleetState', () => {
  it('finds an offer again after the end of the agent, bytes and all', async () => {
    const folder = tempFolder();
    {
      await using db = openAgentDb(folder);
      await new FleetState(db).saveOffered(offer(3n, '[program:a]\n\0'));
    }
    await using db = openAgentDb(folder);
    expect(new FleetState(db).offered).toEqual(offer(3n, '[program:a]\n\0'));
  });

  it('keeps running, last attempt and last known good apart', async () => {
    await using db = openAgentDb(tempFolder());
    const state = new FleetState(db);
    const [good, bad] = [offer(1n, 'good'), offer(2n, 'bad')];
    const problem: ConfigProblem = { file: 'web.conf', line: 1, section: undefined, option: undefined, message: 'no' };
    await state.saveOffered(good);
    state.setRunning(good);
    state.setLastKnownGood(good);
    state.recordAttempt(bad.to, 'rejected', [problem]);
    expect(state.facts).toEqual({
      running: good.to,
      lastAttempt: {
        ref: bad.to,
        phase: 'rejected',
        problems: [{ file: 'web.conf', line: 1, message: 'no' }],
      },
      lastKnownGood: good.to,
    });
    expect(state.running?.files).toEqual(good.files);
  });

  it('keeps files as long as some state names them, and no longer', async () => {
    await using db = openAgentDb(tempFolder());
    const state = new FleetState(db);
    const sets = () => db.sql.prepare('SELECT hash FROM file_sets ORDER BY hash').all().length;
    await state.saveOffered(offer(1n, 'a'));
    state.setLastKnownGood(offer(1n, 'a'));
    await state.saveOffered(offer(2n, 'b'));
    expect(sets()).toBe(2);
    await state.saveOffered(offer(3n, 'c'));
    expect(sets()).toBe(2);
    expect(state.lastKnownGood).toEqual(offer(1n, 'a'));
    state.forget();
    expect([sets(), state.offered, state.facts.lastKnownGood]).toEqual([0, undefined, undefined]);
  });

  it('takes an offer without files: the fleet layer is empty', async () => {
    await using db = openAgentDb(tempFolder());
    const state = new FleetState(db);
    const empty = { ...offer(1n, ''), files: [] };
    await state.saveOffered(empty);
    expect(state.offered).toEqual(empty);
  });

  it('remembers whom it spoke with', async () => {
    await using db = openAgentDb(tempFolder());
    const state = new FleetState(db);
    expect(state.fleet).toEqual({ fleetId: '', incarnation: '' });
    state.spokeWith({ fleetId: 'f', incarnation: 'i1' });
    state.spokeWith({ fleetId: 'f', incarnation: 'i2' });
    expect(state.fleet).toEqual({ fleetId: 'f', incarnation: 'i2' });
  });
});

describe('CommandLog', () => {
  const result: ActionResult = { outcome: 'ok', results: [], changes: undefined, message: 'done', problems: [] };

  it('answers a repeat with the stored result for a day', async () => {
    await using db = openAgentDb(tempFolder());
    const clock = new VirtualClock();
    const log = new CommandLog(db, clock);
    expect(log.begin('c1')).toEqual({ kind: 'new' });
    expect(log.begin('c1')).toEqual({ kind: 'begun' });
    log.done('c1', result);
    clock.advance(23 * 3_600_000);
    log.begin('c2');
    expect(log.begin('c1')).toEqual({ kind: 'done', result: { ...result, changes: undefined } });
    clock.advance(2 * 3_600_000);
    log.begin('c3');
    expect(log.begin('c1')).toEqual({ kind: 'new' });
  });
});

describe('StoppedByHand', () => {
  it('is a set that lasts', async () => {
    const folder = tempFolder();
    const [a, b] = [
      { group: 'a', name: 'a' },
      { group: 'b', name: 'b' },
    ];
    {
      await using db = openAgentDb(folder);
      const stopped = new StoppedByHand(db);
      stopped.mark([a, b], true);
      stopped.mark([a], true);
      stopped.mark([b], false);
    }
    await using db = openAgentDb(folder);
    expect(new StoppedByHand(db).all()).toEqual([a]);
    new StoppedByHand(db).clear();
    expect(new StoppedByHand(db).all()).toEqual([]);
  });
});
