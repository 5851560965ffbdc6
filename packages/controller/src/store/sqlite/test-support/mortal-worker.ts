/** A store's worker that opens, and dies of the first thing it is asked. */
import { parentPort } from 'node:worker_threads';
import type { RequestEnvelope } from '../worker-protocol.ts';

parentPort?.on('message', ({ id, request }: RequestEnvelope) => {
  if (request.kind !== 'open') process.exit(7);
  parentPort?.postMessage({ id, ok: true, value: undefined });
});
