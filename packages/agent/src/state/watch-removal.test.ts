import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { openAgentDb } from './agent-db.ts';
import { stateChange } from './fixtures/events.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { Spool } from './spool.ts';
import { watchRemoval } from './watch-removal.ts';

const minuteMs = 60_000;

describe('agent.db removed while the agent runs', () => {
  it('is told once, within a minute', async () => {
    await using db = openAgentDb(tempFolder());
    const clock = new VirtualClock();
    const log: string[] = [];
    using _ = watchRemoval(db, clock, (text) => void log.push(text));
    clock.advance(5 * minuteMs);
    expect(log).toEqual([]);
    rmSync(join(db.folder, 'agent.db'));
    clock.advance(5 * minuteMs);
    expect(log).toEqual([expect.stringMatching(/agent.db has been removed or replaced/)]);
  });

  it('keeps no event from being handed out', async () => {
    await using db = openAgentDb(tempFolder());
    const troubles: string[] = [];
    const clock = new VirtualClock();
    const onTrouble = ({ message }: Error) => void troubles.push(message);
    await using spool = new Spool(db, { clock, random: seededRandom(1), onTrouble });
    rmSync(db.folder, { recursive: true });
    spool.append(stateChange('a'));
    const { events } = await spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, new AbortController().signal);
    expect(events.map(({ seq }) => seq)).toEqual([1n]);
    expect(troubles).toEqual([]);
  });
});
