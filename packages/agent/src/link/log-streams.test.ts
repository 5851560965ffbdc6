import { LogStream } from '@fleetvisor/protocol/common';
import { type LogStreamRequest, LogStreamResponse } from '@fleetvisor/protocol/link';
import { describe, expect, it } from 'vitest';
import { linkHouse } from './fixtures/link-house.ts';

const open = {
  streamId: 's',
  process: { group: 'a', name: 'a' },
  stream: LogStream.STDERR,
  tailBytes: 10,
  follow: true,
};

async function opened() {
  const house = linkHouse();
  const session = await house.nextSession();
  await session.welcome({ session: 8n });
  await session.say({ $case: 'logOpen', value: open });
  await house.settle();
  const [log] = house.controller.logs;
  if (log === undefined) throw new Error('no log stream was opened');
  const heard: LogStreamRequest['body'][] = [];
  let hasEnded = false;
  void (async () => {
    for await (const { body } of log.incoming) heard.push(body);
    hasEnded = true;
  })();
  await house.settle();
  return { ...house, session, log, heard, hasEnded: () => hasEnded };
}

describe('a log', () => {
  it('is sent on a stream of its own, as far as the controller gives credit', async () => {
    const { engine, log, heard, settle, hasEnded } = await opened();
    expect(engine.all('logOpen')).toEqual([
      { kind: 'logOpen', streamId: 's', process: open.process, stream: 'stderr', tailBytes: 10, follow: true },
    ]);
    expect(heard).toMatchObject([{ value: { session: 8n, streamId: 's' } }]);
    await log.send(LogStreamResponse.fromPartial({ creditBytes: 500 }));
    await settle();
    expect(engine.all('logCredit')).toEqual([{ kind: 'logCredit', streamId: 's', bytes: 500 }]);
    engine.say({ kind: 'logChunk', streamId: 's', data: new Uint8Array([1, 2]), skippedBytes: 3 });
    engine.say({ kind: 'logEnd', streamId: 's', error: '' });
    await settle();
    expect(heard.slice(1)).toMatchObject([{ value: { skippedBytes: 3n } }, { $case: 'end', value: { error: '' } }]);
    expect(hasEnded()).toBe(true);
  });

  it('waits while the session has something to say that the network does not take', async () => {
    const { engine, session, log, heard, settle } = await opened();
    await log.send(LogStreamResponse.fromPartial({ creditBytes: 500 }));
    const taken = session.pauseReading();
    for (let i = 0; i < 12; i++) engine.say({ kind: 'commandAccepted', commandId: `c${i}` });
    engine.say({ kind: 'logChunk', streamId: 's', data: new Uint8Array(5), skippedBytes: 0 });
    await settle();
    expect(heard).toHaveLength(1); // its start
    taken.resume();
    await settle();
    expect(session.all('commandUpdate')).toHaveLength(12);
    expect(heard).toHaveLength(2);
  });

  it('is closed in the engine when the controller wants no more of it', async () => {
    const { engine, session, settle, hasEnded } = await opened();
    await session.say({ $case: 'logClose', value: { streamId: 's' } });
    await settle();
    expect(engine.all('logClose')).toHaveLength(1);
    expect(hasEnded()).toBe(true);
  });

  it('is closed in the engine when its stream breaks, and the session goes on', async () => {
    const { engine, session, log, settle } = await opened();
    await log[Symbol.asyncDispose]();
    await settle();
    expect(engine.all('logClose')).toHaveLength(1);
    expect(session.hasEnded).toBe(false);
  });

  it('ends with the session', async () => {
    const { session, settle, hasEnded } = await opened();
    await session.close();
    await settle();
    expect(hasEnded()).toBe(true);
  });
});
