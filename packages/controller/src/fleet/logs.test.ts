import { BoundedQueue, seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HostMessage } from './host-links.ts';
import { type LogInput, type LogPiece, LogRouter, type LogSource, type TailRequest } from './logs.ts';

const api = { group: 'web', name: 'api' };
const request: TailRequest = {
  targets: [{ hostId: 'h1', process: api }],
  stream: 'stderr',
  tailBytes: 100,
  follow: true,
};

let clock: VirtualClock;
let sent: { hostId: string; message: HostMessage }[];
let connected: Set<string>;
let router: LogRouter;
let whenCalm: () => Promise<void>;
let left: AbortController;

beforeEach(() => {
  clock = new VirtualClock();
  sent = [];
  connected = new Set(['h1', 'h2']);
  left = new AbortController();
  const send = (hostId: string, message: HostMessage) => {
    if (!connected.has(hostId)) return false;
    sent.push({ hostId, message });
    return true;
  };
  whenCalm = async () => {};
  router = new LogRouter({
    hosts: { host: () => undefined },
    links: { send },
    whenCalm: () => whenCalm(),
    clock,
    random: seededRandom(1),
  });
});

/** The agent's side of one log. */
class Source implements LogSource {
  granted = 0;
  readonly incoming = new BoundedQueue<LogInput>(1000);
  async grant(bytes: number): Promise<void> {
    this.granted += bytes;
  }
  chunk(text: string): void {
    this.incoming.offer({ kind: 'chunk', data: Buffer.from(text), skippedBytes: 0n });
  }
}

const openedIds = () => sent.flatMap(({ message }) => (message.kind === 'openLog' ? message.streamId : []));
const text = (piece: LogPiece | undefined) =>
  piece?.kind === 'data' ? Buffer.from(piece.data).toString() : piece?.error;

describe('a tail', () => {
  it('opens the log, hands on what comes, and ends with it', async () => {
    const pieces = router.tail(request, left.signal);
    const first = pieces.next();
    expect(sent[0]?.message).toMatchObject({
      kind: 'openLog',
      process: api,
      stream: 'stderr',
      tailBytes: 100,
      follow: true,
    });
    const source = new Source();
    const attached = router.attach('h1', openedIds()[0] ?? '', source);
    source.chunk('hello');
    expect(text((await first).value)).toBe('hello');
    source.incoming.offer({ kind: 'end', error: '' });
    expect((await pieces.next()).value).toMatchObject({ kind: 'end', error: '', hostId: 'h1', process: api });
    expect((await pieces.next()).done).toBe(true);
    await attached;
  });

  it('grants no more than a window ahead of a reader that does not read', async () => {
    const pieces = router.tail(request, left.signal);
    const first = pieces.next();
    const source = new Source();
    void router.attach('h1', openedIds()[0] ?? '', source);
    for (let i = 0; i < 100; i++) source.chunk('x'.repeat(1024));
    await first;
    await clock.advanceAsync(0);
    expect(source.granted).toBeLessThanOrEqual(256 * 1024 + 18 * 1024);
    expect(source.incoming.size).toBeGreaterThan(80);
    for (let i = 0; i < 99; i++) await pieces.next();
    await expect.poll(() => source.granted).toBe(256 * 1024 + 100 * 1024);
    await pieces.return(undefined);
  });

  it('asks for no further byte of a log while there is more important work', async () => {
    const busy = Promise.withResolvers<void>();
    whenCalm = () => busy.promise;
    const pieces = router.tail(request, left.signal);
    const first = pieces.next();
    const source = new Source();
    void router.attach('h1', openedIds()[0] ?? '', source);
    source.chunk('hello');
    await clock.advanceAsync(5_000);
    expect(source.granted).toBe(0);
    busy.resolve();
    expect(text((await first).value)).toBe('hello');
    await expect.poll(() => source.granted).toBe(256 * 1024 + 5);
    await pieces.return(undefined);
  });

  it('is told at once of hosts that are away, that go away, and that do not dial', async () => {
    connected.delete('h2');
    const targets = [
      { hostId: 'h2', process: api },
      { hostId: 'h1', process: api },
      { hostId: 'h1', process: { group: 'web', name: 'other' } },
    ];
    const pieces = router.tail({ ...request, targets }, left.signal);
    expect((await pieces.next()).value).toMatchObject({
      hostId: 'h2',
      kind: 'end',
      error: 'the host is not connected',
    });
    const late = pieces.next();
    void router.attach('h1', openedIds()[0] ?? '', new Source());
    await clock.advanceAsync(10_000);
    expect(text((await late).value)).toMatch(/did not open the log in time/);
    const gone = pieces.next();
    router.hostGone('h1');
    expect(text((await gone).value)).toBe('the host went away');
    expect((await pieces.next()).done).toBe(true);
    expect(clock.armed).toBe(0);
  });

  it('closes the logs when the reader leaves', async () => {
    const pieces = router.tail(request, left.signal);
    const first = pieces.next();
    const source = new Source();
    const attached = router.attach('h1', openedIds()[0] ?? '', source);
    left.abort();
    expect((await first).done).toBe(true);
    await attached;
    expect(sent.at(-1)?.message).toEqual({ kind: 'closeLog', streamId: openedIds()[0] });
    await expect(router.attach('h1', openedIds()[0] ?? '', source)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not given the log of another host', async () => {
    const pieces = router.tail(request, left.signal);
    const first = pieces.next();
    await expect(router.attach('h2', openedIds()[0] ?? '', new Source())).rejects.toMatchObject({ code: 'not_found' });
    left.abort();
    await first;
  });
});
