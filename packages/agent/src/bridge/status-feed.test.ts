import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { ProcessStatus, StateName } from '../supervision/status.ts';
import type { EngineMessage } from './port.ts';
import { StatusFeed } from './status-feed.ts';

function status(name: string, state: StateName): ProcessStatus {
  return {
    process: { group: name, name },
    state,
    layer: 'local',
    run: 1,
    pid: 1,
    startedAtUs: 0n,
    stoppedAtUs: 0n,
    uptimeUs: 0,
    lastExit: undefined,
    spawnError: '',
    description: '',
    stdoutLogfile: '',
    stderrLogfile: '',
    crashCount: 0,
    stoppedByHand: false,
  };
}

function house() {
  const clock = new VirtualClock();
  const sent: EngineMessage[] = [];
  const output = { send: (message: EngineMessage) => void sent.push(message), queuedBytes: 0 };
  let table = [status('a', 'STARTING'), status('b', 'RUNNING')];
  const feed = new StatusFeed(clock, () => table);
  feed.attach(output);
  return { clock, sent, output, feed, setTable: (next: ProcessStatus[]) => (table = next) };
}

describe('StatusFeed', () => {
  it('says nothing before it was asked', () => {
    const { clock, sent, feed } = house();
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(1000);
    expect(sent).toEqual([]);
  });

  it('gathers changes into one delta that builds on the snapshot', () => {
    const { clock, sent, feed, setTable } = house();
    feed.snapshotWanted();
    setTable([status('a', 'RUNNING'), status('b', 'STOPPED')]);
    feed.changed({ group: 'a', name: 'a' });
    feed.changed({ group: 'b', name: 'b' });
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(100);
    expect(sent.map((m) => m.kind)).toEqual(['snapshot', 'delta']);
    expect(sent[1]).toMatchObject({ base: 1, version: 2, removals: [] });
    expect(sent[1]).toMatchObject({ upserts: [{ state: 'RUNNING' }, { state: 'STOPPED' }] });
  });

  it('names what is gone', () => {
    const { clock, sent, feed, setTable } = house();
    feed.snapshotWanted();
    setTable([status('a', 'RUNNING')]);
    feed.changed({ group: 'b', name: 'b' });
    clock.advance(100);
    expect(sent[1]).toMatchObject({ upserts: [], removals: [{ group: 'b', name: 'b' }] });
  });

  it('goes on gathering while the bridge is full, and then says only the newest', () => {
    const { clock, sent, output, feed, setTable } = house();
    feed.snapshotWanted();
    output.queuedBytes = 10_000_000;
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(1000);
    expect(sent).toHaveLength(1);
    setTable([status('a', 'FATAL'), status('b', 'RUNNING')]);
    output.queuedBytes = 0;
    clock.advance(100);
    expect(sent[1]).toMatchObject({ upserts: [{ state: 'FATAL' }] });
  });

  it('says at once what was gathered when it is asked to, and that once', () => {
    const { clock, sent, feed } = house();
    feed.snapshotWanted();
    feed.sayNow();
    feed.changed({ group: 'a', name: 'a' });
    feed.sayNow();
    expect(sent.map(({ kind }) => kind)).toEqual(['snapshot', 'delta']);
    clock.advance(1000);
    expect(sent).toHaveLength(2);
  });

  it('gives the table the same version in the next session, unless something has changed', () => {
    const { clock, sent, feed, output } = house();
    const versions = () => sent.flatMap((message) => (message.kind === 'snapshot' ? message.version : []));
    feed.snapshotWanted();
    feed.pause();
    feed.snapshotWanted();
    expect(versions()).toEqual([1, 1]);
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(100);
    feed.attach(undefined);
    feed.attach(output);
    feed.snapshotWanted();
    expect(versions()).toEqual([1, 1, 2]);
    // Gathered and not said, and changed while nobody asked.
    feed.changed({ group: 'a', name: 'a' });
    feed.pause();
    feed.snapshotWanted();
    feed.attach(undefined);
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(1000);
    feed.attach(output);
    feed.snapshotWanted();
    expect(versions()).toEqual([1, 1, 2, 3, 4]);
  });

  it('arms no timer while nothing changes', () => {
    const { clock, feed } = house();
    feed.snapshotWanted();
    feed.changed({ group: 'a', name: 'a' });
    clock.advance(100);
    expect(clock.armed).toBe(0);
  });
});
