import { describe, expect, it } from 'vitest';
import { EventFeed } from './event-feed.ts';
import type { EngineMessage, SpooledEvent } from './port.ts';

function house() {
  const disk: SpooledEvent[] = [];
  const sent: EngineMessage[] = [];
  const after = (seq: bigint, countMax: number) => disk.filter((e) => e.seq > seq).slice(0, countMax);
  const feed = new EventFeed({ epoch: 'e', after }, (message) => void sent.push(message));
  const add = () => void disk.push({ seq: BigInt(disk.length + 1), atUs: 0n, body: new Uint8Array() });
  return { feed, sent, add };
}

describe('EventFeed', () => {
  it('answers at once when events are there, and only once', () => {
    const { feed, sent, add } = house();
    add();
    feed.wanted(0n, 10);
    add();
    feed.durable();
    expect(sent).toHaveLength(1);
  });

  it('answers later when none are there yet', () => {
    const { feed, sent, add } = house();
    feed.wanted(0n, 10);
    expect(sent).toHaveLength(0);
    add();
    feed.durable();
    expect(sent).toMatchObject([{ kind: 'events', events: [{ seq: 1n }] }]);
  });

  it('forgets the ask of a session that is gone', () => {
    const { feed, sent, add } = house();
    feed.wanted(0n, 10);
    feed.pause();
    add();
    feed.durable();
    expect(sent).toHaveLength(0);
  });
});
