/** The store's worker thread: the only place that touches SQLite, so that no commit holds up the main thread. */
import { parentPort } from 'node:worker_threads';
import { serveStore } from './serve-store.ts';
import type { RequestEnvelope } from './worker-protocol.ts';

const port = parentPort;
if (port !== null) {
  const take = serveStore(
    (envelope) => port.postMessage(envelope),
    () => port.close(),
  );
  port.on('message', (envelope: RequestEnvelope) => take(envelope));
}
