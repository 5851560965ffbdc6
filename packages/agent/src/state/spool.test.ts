import { type FleetError, seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import { describe, expect, it, vi } from 'vitest';
import { type AgentDb, openAgentDb } from './agent-db.ts';
import { crash, stateChange } from './fixtures/events.ts';
import { fillDisk } from './fixtures/full-disk.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { Spool } from './spool.ts';
import { defaultSpoolLimits, type SpoolLimits } from './spool-limits.ts';

const never = new AbortController().signal;
const day = 24 * 3_600_000;

function openSpool(db: AgentDb, limits: Partial<SpoolLimits> = {}) {
  const clock = new VirtualClock();
  const troubles: FleetError[] = [];
  const spool = new Spool(db, {
    clock,
    random: seededRandom(1),
    limits: { ...defaultSpoolLimits, ...limits },
    onTrouble: (error) => troubles.push(error),
  });
  return { spool, clock, troubles };
}

async function seqsAfter(spool: Spool, afterSeq: bigint): Promise<bigint[]> {
  const { events } = await spool.eventsAfter({ afterSeq, countMax: 1000 }, never);
  return events.map((event) => event.seq);
}

describe('the spool', () => {
  it('syncs the disk once for what it hands out together, and for nothing else', async () => {
    await using db = openAgentDb(tempFolder());
    const synced = vi.spyOn(db, 'synced');
    const { spool } = openSpool(db);
    for (let i = 0; i < 1000; i++) spool.append(stateChange('a'));
    spool.flush();
    expect(synced).toHaveBeenCalledTimes(0);
    for (let answers = 1, seen = 0n; seen < 1000n; answers++) {
      const { epoch, events } = await spool.eventsAfter({ afterSeq: seen, countMax: 100 }, never);
      seen = events.at(-1)?.seq ?? seen;
      spool.acked(epoch, seen);
      expect(synced).toHaveBeenCalledTimes(answers);
    }
  });

  it('numbers events from 1 and gives them back in order', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db);
    expect([spool.append(stateChange('a')), spool.append(crash('a'))]).toEqual([1n, 2n]);
    const { epoch, events } = await spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, never);
    expect(epoch).toBe(spool.position.epoch);
    expect(events.map((event) => EventBody.decode(event.body).kind?.$case)).toEqual(['transition', 'crash']);
    expect(await seqsAfter(spool, 1n)).toEqual([2n]);
  });

  it('answers once there is an event, and not when called off', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db);
    const answer = seqsAfter(spool, 0n);
    const calledOff = new AbortController();
    const other = spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, calledOff.signal);
    calledOff.abort(new Error('called off'));
    await expect(other).rejects.toThrow('called off');
    spool.append(stateChange('a'));
    expect(await answer).toEqual([1n]);
  });

  it('goes on with its numbers after the end of the agent, though everything was acknowledged and trimmed', async () => {
    const folder = tempFolder();
    {
      await using db = openAgentDb(folder);
      const { spool, clock } = openSpool(db);
      for (let i = 0; i < 5; i++) spool.append(stateChange('a'));
      spool.flush();
      clock.advance(2 * day);
      spool.acked(spool.position.epoch, 5n);
      expect(spool.position).toMatchObject({ firstSeq: 5n, nextSeq: 6n, ackedSeq: 5n });
    }
    await using db = openAgentDb(folder);
    const { spool } = openSpool(db);
    expect(spool.position).toMatchObject({ firstSeq: 5n, nextSeq: 6n, ackedSeq: 5n });
    expect(spool.append(stateChange('a'))).toBe(6n);
  });

  it('keeps what is acknowledged for a day, and sends it again to a store that has lost it', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool, clock } = openSpool(db);
    for (let i = 0; i < 3; i++) spool.append(stateChange('a'));
    spool.flush();
    spool.acked(spool.position.epoch, 3n);
    clock.advance(day / 2);
    expect(spool.resumeFrom(1n)).toBe('kept');
    expect(spool.position.ackedSeq).toBe(1n);
    expect(await seqsAfter(spool, 1n)).toEqual([2n, 3n]);
  });

  it('lets the session go on when a full disk does not take what is acknowledged', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool, troubles } = openSpool(db);
    for (let i = 0; i < 3; i++) spool.append(stateChange('a'));
    spool.flush();
    const free = fillDisk(db);
    expect(spool.acked(spool.position.epoch, 1n)).toBe('kept');
    expect(spool.resumeFrom(2n)).toBe('kept');
    expect(spool.position.ackedSeq).toBe(2n);
    expect(troubles.map(({ message }) => message)).toEqual([expect.stringContaining('disk is full')]);
    free();
    spool.acked(spool.position.epoch, 3n);
    expect(openSpool(db).spool.position.ackedSeq).toBe(3n);
  });

  it('ignores what is acknowledged in another epoch', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db);
    spool.append(stateChange('a'));
    expect(spool.acked('another', 1n)).toBe('kept');
    expect(spool.position.ackedSeq).toBe(0n);
  });

  it('begins a new epoch when the controller has more than was ever made, keeping what is unsent', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db);
    for (let i = 0; i < 4; i++) spool.append(crash(`p${i}`));
    spool.flush();
    const { epoch } = spool.position;
    spool.acked(epoch, 2n);
    expect(spool.resumeFrom(9n)).toBe('renumbered');
    expect(spool.position).toMatchObject({ firstSeq: 1n, nextSeq: 3n, ackedSeq: 0n });
    expect(spool.position.epoch).not.toBe(epoch);
    const { events } = await spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, never);
    expect(events.map((event) => event.body)).toEqual(
      [crash('p2'), crash('p3')]
        .map((body) => Buffer.from(EventBody.encode(body).finish()))
        .map((b) => new Uint8Array(b)),
    );
  });

  it('drops the least important first and names what it dropped', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db, { bytesMax: 4000 });
    for (let i = 0; i < 200; i++) spool.append(i % 20 === 0 ? crash('c') : stateChange('a'));
    spool.flush();
    expect(spool.bytes).toBeLessThanOrEqual(4000);
    const { events } = await spool.eventsAfter({ afterSeq: 0n, countMax: 1000 }, never);
    const kinds = events.map((event) => EventBody.decode(event.body).kind?.$case);
    expect(kinds.filter((kind) => kind === 'crash')).toHaveLength(10);
    const dropped = events.flatMap(({ body }) => {
      const { kind } = EventBody.decode(body);
      return kind?.$case === 'eventsDropped' ? kind.value : [];
    });
    expect(dropped.length).toBeGreaterThan(0);
    for (const { count, kinds: of } of dropped) expect(of).toEqual([{ kind: 'transition', count }]);
    const total = dropped.reduce((sum, { count }) => sum + count, 0n);
    expect(total).toBe(200n - BigInt(kinds.filter((kind) => kind !== 'eventsDropped').length));
  });

  it('never changes what may have been sent', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db, { bytesMax: 2000 });
    for (let i = 0; i < 10; i++) spool.append(stateChange('a'));
    const sent = await spool.eventsAfter({ afterSeq: 0n, countMax: 1000 }, never);
    for (let i = 0; i < 100; i++) spool.append(crash('c'));
    spool.flush();
    const again = await spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, never);
    expect(again).toEqual(sent);
  });

  it('bounds an answer in bytes, but always gives one event', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db, { answerBytesMax: 1 });
    for (let i = 0; i < 3; i++) spool.append(stateChange('a'));
    expect(await seqsAfter(spool, 0n)).toEqual([1n]);
  });

  it('leaves a tombstone for an event that no message could carry', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool } = openSpool(db, { bodyBytesMax: 100 });
    spool.append(stateChange('x'.repeat(200)));
    const { events } = await spool.eventsAfter({ afterSeq: 0n, countMax: 10 }, never);
    expect(events.map((event) => EventBody.decode(event.body).kind)).toMatchObject([
      { $case: 'eventsDropped', value: { ranges: [{ first: 1n, last: 1n }], count: 1n } },
    ]);
  });

  it('goes on in memory while the disk takes nothing, says so once, and writes when it can', async () => {
    await using db = openAgentDb(tempFolder());
    const { spool, clock, troubles } = openSpool(db, { pendingBytesMax: 1000 });
    db.sql.exec('PRAGMA query_only = ON'); // a write fails as on a full disk
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 10; i++) spool.append(i === 0 ? crash('c') : stateChange('a'));
      await clock.advanceAsync(5000);
    }
    expect(spool.bytes).toBeLessThanOrEqual(1000);
    expect(spool.isWritten).toBe(false);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]?.message).toMatch(/cannot write events.*free space/);
    const answer = spool.eventsAfter({ afterSeq: 0n, countMax: 1000 }, never);
    db.sql.exec('PRAGMA query_only = OFF');
    await clock.advanceAsync(5000);
    const { events } = await answer;
    expect(events.at(-1)?.seq).toBe(100n);
    expect(spool.isWritten).toBe(true);
    expect(events.map((event) => EventBody.decode(event.body).kind?.$case)).toContain('crash');
  });
});
