/** What every bridge must do, whatever it is made of. */
import { describe, expect, it } from 'vitest';
import type { EngineEnd, EngineMessage, LinkMessage } from './port.ts';

export interface OpenBridge {
  readonly engine: EngineEnd;
  /** Resolves when the link's end, which runs `echo`, has seen the end of the bridge. */
  readonly linkEnded: Promise<unknown>;
}

export function bridgeContract(name: string, open: () => OpenBridge): void {
  describe(`the bridge ${name}`, () => {
    it('carries values unchanged, both ways', async () => {
      const { engine } = open();
      const body = new Uint8Array(300_000).map((_, i) => i % 251);
      engine.send(events([{ seq: 2n ** 60n, atUs: 7n, body: body.subarray(1000) }]));
      const answer = await next(engine);
      if (answer.kind !== 'offer') throw new Error(`unexpected ${answer.kind}`);
      expect(answer.offer.to.generation).toBe(1n);
      const [file] = answer.offer.files;
      expect([file?.revision, file?.name]).toEqual([2n ** 60n, '7']);
      expect(Buffer.from(file?.content ?? []).equals(body.subarray(1000))).toBe(true);
      await engine[Symbol.asyncDispose]();
    });

    it('keeps the order', async () => {
      const { engine } = open();
      for (let id = 0; id < 500; id++) engine.send({ kind: 'pong', id, nextSeq: 0n, spoolBytes: 0 });
      for (let id = 0; id < 500; id++) expect(await next(engine)).toEqual({ kind: 'ping', id });
      await engine[Symbol.asyncDispose]();
    });

    it('counts what has not left yet', async () => {
      const { engine } = open();
      const body = new Uint8Array(1_000_000);
      for (let i = 0; i < 5; i++) engine.send(events([{ seq: 1n, atUs: 1n, body }]));
      expect(engine.queuedBytes).toBeGreaterThanOrEqual(5_000_000);
      for (let i = 0; i < 5; i++) await next(engine);
      await expect.poll(() => engine.queuedBytes).toBe(0);
      await engine[Symbol.asyncDispose]();
    });

    it('ends at the link when the engine closes', async () => {
      const { engine, linkEnded } = open();
      engine.send({ kind: 'pong', id: 1, nextSeq: 0n, spoolBytes: 0 });
      await next(engine);
      await engine[Symbol.asyncDispose]();
      await linkEnded;
    });

    it('ends at the engine when the link closes, and takes what is sent after that in silence', async () => {
      const { engine, linkEnded } = open();
      engine.send({ kind: 'stopping', reason: 'stop' });
      for await (const message of engine.incoming) expect(message).toBe('nothing');
      engine.send({ kind: 'stopping', reason: 'stop' });
      expect(engine.queuedBytes).toBe(0);
      await engine[Symbol.asyncDispose]();
      await linkEnded;
    });
  });
}

function events(list: (EngineMessage & { kind: 'events' })['events']): EngineMessage {
  return { kind: 'events', epoch: 'e', afterSeq: 1n, events: list };
}

async function next(engine: EngineEnd): Promise<LinkMessage> {
  const { value } = await engine.incoming[Symbol.asyncIterator]().next();
  return value;
}
