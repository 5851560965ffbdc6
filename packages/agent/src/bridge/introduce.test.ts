import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { openAgentDb } from '../state/agent-db.ts';
import { stateChange } from '../state/fixtures/events.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { FleetState } from '../state/fleet-state.ts';
import { Spool } from '../state/spool.ts';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { introducer } from './introduce.ts';

const settings = { endpoints: ['c:1'], name: 'web1', hostGroups: ['web'], labels: { region: 'eu' }, dataDir: '/data' };

describe('introducer', () => {
  it('keeps what belongs to this life of the engine, and tells the rest as it is', async () => {
    await using db = openAgentDb(tempFolder());
    const [clock, random] = [new VirtualClock(), seededRandom(1)];
    const spool = new Spool(db, { clock, random, onTrouble: () => {} });
    const fleet = new FleetState(db);
    let groups = [groupSpec('web')];
    const introduce = introducer({ hostId: 'h', settings, clock, random, spool, fleet, localGroups: () => groups });
    const before = introduce();
    expect(before).toMatchObject({ hostId: 'h', name: 'web1', fleetId: '', nextSeq: 1n, endpoints: ['c:1'] });
    clock.advance(1000);
    spool.append(stateChange('a'));
    fleet.spokeWith({ fleetId: 'f', incarnation: 'i' });
    groups = [groupSpec('web', { priority: 1 })];
    const now = introduce();
    expect(now).toMatchObject({ fleetId: 'f', incarnation: 'i', nextSeq: 2n });
    expect(now.engineInstanceId).toBe(before.engineInstanceId);
    expect(now.engineStartedAtUs).toBe(before.engineStartedAtUs);
    expect(now.localDigest).not.toBe(before.localDigest);
  });

  it('has a digest of what the local layer means, not of where it stands in its files', async () => {
    await using db = openAgentDb(tempFolder());
    const [clock, random] = [new VirtualClock(), seededRandom(1)];
    const spool = new Spool(db, { clock, random, onTrouble: () => {} });
    const parts = { hostId: 'h', settings, clock, random, spool, fleet: new FleetState(db) };
    const digestAt = (line: number) => {
      const source = { file: '/etc/a.conf', line };
      const group = { ...groupSpec('web', { processes: [processSpec('web', { source })] }), source };
      return introducer({ ...parts, localGroups: () => [group] })().localDigest;
    };
    expect(digestAt(1)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestAt(1)).toBe(digestAt(7));
  });
});
