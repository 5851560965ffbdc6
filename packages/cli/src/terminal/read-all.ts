/** Everything that comes from standard input, up to a bound. */
import { addAbortSignal, type Readable } from 'node:stream';
import { FleetError } from '@fleetvisor/primitives';

/** Far more than a controller takes: what has no end has to be given up somewhere. */
const inputBytesMax = 16 * 1024 * 1024;

/** @throws FleetError `invalid` for more than it takes; an AbortError as soon as `signal` is aborted. */
export async function readAll(input: Readable, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, input)) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > inputBytesMax) {
      throw new FleetError('invalid', `standard input has more than ${inputBytesMax} bytes: that is no config file`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
