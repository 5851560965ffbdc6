/** Where bytes go out: a stream as a promise per write, so that a slow reader slows the writer. */
import type { Writable } from 'node:stream';
import { Ended } from './ended.ts';

export interface Sink {
  readonly isTerminal: boolean;
  /** Resolves when it has been handed on. @throws Ended when the reader has gone away. */
  write(chunk: string | Uint8Array): Promise<void>;
}

export function streamSink(stream: Writable & { readonly isTTY?: boolean }): Sink {
  // Every write hears of its own failure; without a listener the same error would end the process as well.
  stream.on('error', () => undefined);
  return {
    isTerminal: stream.isTTY === true,
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(isGone(error) ? new Ended('reader-gone') : error);
        });
      }),
  };
}

function isGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
