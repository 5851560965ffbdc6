import { instant, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandDesk } from './command-desk.ts';
import { EventFeed } from './event-feed.ts';
import { bridgePair } from './in-memory.ts';
import { LogFeed } from './log-feed.ts';
import type { EngineMessage, LinkMessage } from './port.ts';
import { serveLink } from './serve-link.ts';
import { StatusFeed } from './status-feed.ts';

const ok = { outcome: 'ok', results: [], changes: undefined, message: '', problems: [] } as const;
const web = { group: 'web', name: 'web' };

/** The doors of an engine, real ones where they answer by themselves; the others write down what they were told. */
function served() {
  const clock = new VirtualClock();
  const [engine, link] = bridgePair();
  const told: unknown[] = [];
  const sent: EngineMessage[] = [];
  const send = (message: EngineMessage) => engine.send(message);
  const aborted: string[] = [];
  const status = new StatusFeed(clock, () => []);
  status.attach(engine);
  const waitFor = (what: string, signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted.push(what);
        reject(signal.reason);
      });
    });
  const events = new EventFeed({ eventsAfter: (_, signal) => waitFor('events', signal) }, send);
  const logs = new LogFeed(async function* (ask, signal) {
    yield { data: new Uint8Array(2), skippedBytes: 0 };
    await waitFor(ask.streamId, signal);
  }, send);
  const memory = { begin: () => ({ kind: 'new' }) as const, done: () => {}, synced: async () => {} };
  const commands = new CommandDesk(
    clock,
    memory,
    async () => ok,
    send,
    () => {},
  );
  const ended = serveLink(engine, {
    ...{ status, events, logs, commands },
    connected: (session) => told.push(session),
    disconnected: (...words) => told.push(words),
    acked: (...words) => told.push(words),
    offered: (offer) => told.push(offer),
    spool: () => ({ nextSeq: 5n, spoolBytes: 6 }),
  });
  const reading = (async () => {
    for await (const message of link.incoming) sent.push(message);
  })();
  onTestFinished(async () => {
    await link[Symbol.asyncDispose]();
    await Promise.all([ended, reading]);
  });
  const says = async (...messages: readonly LinkMessage[]) => {
    for (const message of messages) link.send(message);
    await clock.advanceAsync(1000);
  };
  return { clock, link, status, told, sent, aborted, ended, says, kinds: () => sent.map(({ kind }) => kind) };
}

const logOpen = {
  kind: 'logOpen',
  streamId: 'log',
  process: web,
  stream: 'stdout',
  tailBytes: 9,
  follow: true,
} as const;

describe('serveLink', () => {
  it('answers what is asked of the engine', async () => {
    const { says, sent } = served();
    await says({ kind: 'snapshotWanted' }, { kind: 'ping', id: 3 }, logOpen, {
      kind: 'logCredit',
      streamId: 'log',
      bytes: 9,
    });
    expect(sent).toMatchObject([
      { kind: 'snapshot', processes: [] },
      { kind: 'pong', id: 3, nextSeq: 5n, spoolBytes: 6 },
      { kind: 'logChunk', streamId: 'log' },
    ]);
  });

  it('passes on what concerns others', async () => {
    const { says, told } = served();
    const to = { incarnation: 'i', generation: 1n, hash: 'h' };
    const offer = { nonce: 'n', to, files: [], rolloutId: 'r', mode: 'minimal' } as const;
    await says({ kind: 'offer', offer }, { kind: 'acked', epoch: 'e', upToSeq: 2n });
    expect(told).toEqual([offer, ['e', 2n]]);
  });

  it('takes commands and their cancelling', async () => {
    const { says, sent } = served();
    const action = { verb: 'reread' } as const;
    await says(
      { kind: 'commandCancel', commandId: '2' },
      { kind: 'command', commandId: '1', actor: '', reason: '', action, receivedAt: instant(0), ttlMs: 1000 },
    );
    expect(sent).toMatchObject([
      { kind: 'commandDone', commandId: '2', result: { outcome: 'cancelled' } },
      { kind: 'commandAccepted', commandId: '1' },
      { kind: 'commandDone', commandId: '1', result: { outcome: 'ok' } },
    ]);
  });

  it('says nothing more for a session that is gone, and lets go of what it asked for', async () => {
    const { says, kinds, status, aborted, told, clock } = served();
    const credit = { kind: 'logCredit', streamId: 'log', bytes: 9 } as const;
    await says({ kind: 'snapshotWanted' }, { kind: 'eventsWanted', afterSeq: 0n, countMax: 9 }, logOpen, credit);
    await says({ kind: 'disconnected', reason: 'cut', isPermanent: false });
    status.changed(web);
    await clock.advanceAsync(1000);
    expect(told).toEqual([['cut', false]]);
    expect(aborted.toSorted()).toEqual(['events', 'log']);
    expect(kinds()).toEqual(['snapshot', 'logChunk']);
  });

  it('lets go of all when the link has gone', async () => {
    const { says, link, ended, aborted } = served();
    await says({ kind: 'eventsWanted', afterSeq: 0n, countMax: 9 });
    await link[Symbol.asyncDispose]();
    await ended;
    expect(aborted).toEqual(['events']);
  });
});
