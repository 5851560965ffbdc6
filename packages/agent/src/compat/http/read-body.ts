/** The body of a request, whole, within bounds of one and of all together. */
import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** The HTTP status that says why it was not read. */
  | { readonly kind: 'refused'; readonly status: 411 | 413 | 503 }
  /** The client has left before its end. */
  | { readonly kind: 'gone' };

export interface BodyLimits {
  readonly bytesMax: number;
  /** Of all large bodies that are being read at the same time. */
  readonly largeBytesMax: number;
}

/** Up to here a body is not counted with the large ones: however many those are, everyday calls come through. */
const SMALL_BYTES = 64 * 1024;

/** Time has its bound elsewhere: the connection of a client that is too slow is closed. */
export class BodyReader {
  readonly #limits: BodyLimits;
  #largeBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Never rejects. A body without a declared length is refused, as Supervisor does. */
  async read(request: IncomingMessage): Promise<Body> {
    const declared = request.headers['content-length'];
    if (declared === undefined) return { kind: 'refused', status: 411 };
    const length = Number(declared); // the parser lets none but digits through
    if (length > this.#limits.bytesMax) return { kind: 'refused', status: 413 };
    if (length <= SMALL_BYTES) return await collect(request, () => true);
    let counted = 0;
    const body = await collect(request, (bytes) => {
      counted += bytes;
      this.#largeBytes += bytes;
      return this.#largeBytes <= this.#limits.largeBytesMax;
    });
    this.#largeBytes -= counted;
    return body;
  }
}

/** @param mayKeep asked of each piece; false refuses the body */
function collect(request: IncomingMessage, mayKeep: (bytes: number) => boolean): Promise<Body> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => {
      if (mayKeep(piece.length)) {
        pieces.push(piece);
        return;
      }
      // The rest still comes and is thrown away, so that the client gets to reading the answer.
      request.off('data', take).resume();
      resolve({ kind: 'refused', status: 503 });
    };
    request.on('data', take);
    request.once('end', () => resolve({ kind: 'whole', bytes: Buffer.concat(pieces) }));
    request.once('error', () => resolve({ kind: 'gone' }));
    request.once('close', () => resolve({ kind: 'gone' }));
  });
}
