/** The worker as the main thread sees it: a port, and the thread behind it. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '@fleetvisor/primitives';
import type { ReplyEnvelope, RequestEnvelope } from './worker-protocol.ts';

export interface StoreWorkerListener {
  replied(envelope: ReplyEnvelope): void;
  /** It is no more; after the reply to `close`, or before. @param reason in words */
  ended(reason: string, cause?: unknown): void;
}

export interface StoreWorker {
  /** @param transfer buffers of the request that need not be copied; the caller cannot use them afterwards. */
  ask(envelope: RequestEnvelope, transfer: readonly ArrayBuffer[]): void;
  /** Ends it without a word. */
  terminate(): Promise<void>;
}

export type StartStoreWorker = (listener: StoreWorkerListener) => StoreWorker;

/** @param url of worker.ts, or of its bundle */
export function threadAt(url: URL): StartStoreWorker {
  return (listener) => {
    const worker = new Worker(url, { name: 'fleet-store' });
    worker.on('message', (envelope: ReplyEnvelope) => listener.replied(envelope));
    let failure: Error | undefined;
    worker.on('error', (error) => {
      failure = error; // its end follows
    });
    worker.on('exit', (code) => {
      listener.ended(failure === undefined ? `it ended with code ${code}` : messageOf(failure), failure);
    });
    return {
      ask: (envelope, transfer) => worker.postMessage(envelope, transfer),
      terminate: async () => void (await worker.terminate()),
    };
  };
}
