/**
 * The store's worker without a thread: the same code over the same SQLite, in virtual time. Its disk can be slow or full,
 * and the process can be killed just before and just after each write.
 */
import type { Random } from '@fleetvisor/primitives';
import { serveStore } from '../../../packages/controller/src/store/sqlite/serve-store.ts';
import type { StartStoreWorker } from '../../../packages/controller/src/store/sqlite/store-worker.ts';
import type { ReplyEnvelope, RequestEnvelope } from '../../../packages/controller/src/store/sqlite/worker-protocol.ts';
import { between } from '../engine/chance.ts';
import { Dead, type Life } from '../engine/life.ts';

/** How the disk under the store is now. */
export interface StoreDisk {
  isFull: boolean;
  isSlow: boolean;
}

const closeRequest: RequestEnvelope = { id: 0, request: { kind: 'close' } };

export function storeThread(life: Life, disk: StoreDisk, random: Random): StartStoreWorker {
  return (listener) => {
    /** Requests are answered one after the other. */
    let freeAtUs = Number.NEGATIVE_INFINITY;
    let isClosed = false;
    const take = serveStore(
      (envelope) => {
        const reply: ReplyEnvelope = structuredClone(envelope);
        if (!life.isOver) life.after(0, () => listener.replied(reply));
      },
      () => {
        isClosed = true;
        if (!life.isOver) life.after(0, () => listener.ended('it ended with code 0'));
      },
    );
    const close = () => {
      if (!isClosed) take(closeRequest); // as the kernel does with what a dead process had open
    };
    const answer = (envelope: RequestEnvelope) => {
      const { request } = envelope;
      if (!isWrite(request)) return take(envelope);
      if (disk.isFull) {
        const failure = { code: 'SQLITE_FULL', message: 'database or disk is full' };
        return life.after(0, () => listener.replied({ id: envelope.id, ok: false, failure }));
      }
      try {
        life.act(() => take(envelope));
      } catch (error) {
        if (!(error instanceof Dead)) throw error;
      }
      return undefined;
    };
    life.onEnd(() => queueMicrotask(close));
    return {
      ask: (envelope, transfer) => {
        const request = structuredClone(envelope, { transfer: [...transfer] });
        const nowUs = life.clock.now();
        const ms = disk.isSlow ? between(random, 20, 400) : between(random, 0.02, 0.4);
        const writeMs = isWrite(request.request) ? between(random, 0.5, disk.isSlow ? 3_000 : 12) : 0;
        freeAtUs = Math.max(freeAtUs, nowUs) + (ms + writeMs) * 1000;
        life.after((freeAtUs - nowUs) / 1000, () => answer(request));
      },
      terminate: async () => close(),
    };
  };
}

/** What needs room on the disk: within a transaction its end, and without one the statement itself. */
function isWrite(request: RequestEnvelope['request']): boolean {
  if (request.kind === 'query') return /^\s*(commit|insert|update|delete)\b/i.test(request.sql);
  return request.kind === 'ingest' || request.kind === 'dropDays';
}
