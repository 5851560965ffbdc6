/** Sends a log to one HTTP client for as long as it listens: raw bytes, as they are written. Knows no paths and no names. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LogFiles } from '../../logs/log-files.ts';
import { tailLog } from '../../logs/tail.ts';

/** With how much of its end a log begins: as in Supervisor. */
const tailBytes = 1024;

/** Supervisor's words; its own attempt to say them ends the connection (trap 55). */
const truncated = Buffer.from('==> File truncated <==\n');

/**
 * Resolves when the client has gone away, however; everything that was held for it is free then. A slow client is
 * waited for: no more than one chunk of the log is in memory for it.
 * @param response its status and headers are set, and nothing is sent
 * @throws the file system's error when the log cannot be read; the client sees its answer break off
 */
export async function streamLog(files: LogFiles, path: string, response: ServerResponse): Promise<void> {
  if (response.closed) return;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.flushHeaders();
  try {
    for await (const { data, isAfterCut } of tailLog(files, { path, tailBytes, follow: true }, gone.signal)) {
      if (isAfterCut) response.write(truncated);
      if (!response.write(data)) await once(response, 'drain', { signal: gone.signal });
    }
  } catch (thrown) {
    if (gone.signal.aborted) return;
    response.destroy();
    throw thrown;
  }
}
