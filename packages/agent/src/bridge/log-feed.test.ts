import { describe, expect, it } from 'vitest';
import { LogFeed, type LogPiece, type OpenLog } from './log-feed.ts';
import type { EngineMessage } from './port.ts';

const ask = {
  streamId: 's',
  process: { group: 'a', name: 'a' },
  stream: 'stdout',
  tailBytes: 100,
  follow: true,
} as const;
const piece = (text: string): LogPiece => ({ data: Buffer.from(text), skippedBytes: 0 });
const settled = () => new Promise((resolve) => setImmediate(resolve));

function house(open: OpenLog) {
  const sent: EngineMessage[] = [];
  return { sent, feed: new LogFeed(open, (message) => void sent.push(message)) };
}

describe('LogFeed', () => {
  it('sends no byte without credit', async () => {
    const { sent, feed } = house(async function* () {
      yield piece('12345');
      yield piece('67890');
    });
    feed.open(ask);
    await settled();
    expect(sent).toEqual([]);
    feed.credit('s', 4);
    await settled();
    expect(sent).toEqual([]);
    feed.credit('s', 3);
    await settled();
    expect(sent).toMatchObject([{ kind: 'logChunk', data: Buffer.from('12345') }]);
    feed.credit('s', 100);
    await settled();
    expect(sent.slice(1)).toMatchObject([{ kind: 'logChunk' }, { kind: 'logEnd', error: '' }]);
  });

  it('ends with the reason when the log cannot be read', async () => {
    // biome-ignore lint/correctness/useYield: it fails before its first piece
    const { sent, feed } = house(async function* () {
      throw new Error('a: no log file');
    });
    feed.open(ask);
    await settled();
    expect(sent).toEqual([{ kind: 'logEnd', streamId: 's', error: 'a: no log file' }]);
  });

  it('stops reading when closed, also while it waits for credit', async () => {
    const ends: string[] = [];
    const { sent, feed } = house(async function* () {
      try {
        yield piece('x');
      } finally {
        ends.push('reader closed');
      }
    });
    feed.open(ask);
    await settled();
    feed.closeAll();
    await settled();
    expect(sent).toEqual([]);
    expect(ends).toEqual(['reader closed']);
  });

  it('refuses more logs at once than its bound', () => {
    const { sent, feed } = house(async function* (_ask, signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield piece('');
    });
    for (let i = 0; i < 65; i++) feed.open({ ...ask, streamId: String(i) });
    expect(sent).toMatchObject([{ kind: 'logEnd', streamId: '64' }]);
    feed.closeAll();
  });
});
