import { describe, expect, it } from 'vitest';
import { type DurableEvents, EventFeed } from './event-feed.ts';
import type { EngineMessage } from './port.ts';

const event = { seq: 1n, atUs: 0n, body: new Uint8Array() };

function house() {
  const asks: { afterSeq: bigint; signal: AbortSignal; answer: () => void }[] = [];
  const sent: EngineMessage[] = [];
  const events: DurableEvents = {
    eventsAfter: ({ afterSeq }, signal) =>
      new Promise((resolve, reject) => {
        asks.push({ afterSeq, signal, answer: () => resolve({ epoch: 'e', events: [event] }) });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  return { asks, sent, feed: new EventFeed(events, (message) => void sent.push(message)) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('EventFeed', () => {
  it('answers once the events are on the disk', async () => {
    const { asks, sent, feed } = house();
    feed.wanted({ afterSeq: 0n, countMax: 10 });
    await settled();
    expect(sent).toEqual([]);
    asks[0]?.answer();
    await settled();
    expect(sent).toEqual([{ kind: 'events', afterSeq: 0n, epoch: 'e', events: [event] }]);
  });

  it('lets a newer ask replace the one before', async () => {
    const { asks, sent, feed } = house();
    feed.wanted({ afterSeq: 0n, countMax: 10 });
    feed.wanted({ afterSeq: 5n, countMax: 10 });
    expect(asks[0]?.signal.aborted).toBe(true);
    asks[1]?.answer();
    await settled();
    expect(sent).toHaveLength(1);
  });

  it('sends nothing for a session that is gone, even when the answer is on its way', async () => {
    const { asks, sent, feed } = house();
    feed.wanted({ afterSeq: 0n, countMax: 10 });
    asks[0]?.answer();
    feed.pause();
    await settled();
    expect(sent).toEqual([]);
  });
});
