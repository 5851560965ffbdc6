/**
 * Takes terminal control sequences (CSI: ESC [ ... final byte, ECMA-48 5.4) out of a stream. Unlike Supervisor's, which
 * looks for one of a few final letters in each chunk by itself, it knows every final byte and remembers where a chunk
 * was cut.
 */
import { before, type SavedSteps, type StreamSink } from './stream-sink.ts';

const ESC = 0x1b;
const OPEN_BRACKET = 0x5b;

type Position = 'text' | 'after-escape' | 'in-sequence';

const POSITIONS: readonly Position[] = ['text', 'after-escape', 'in-sequence'];

/** A filter for one stream: each call gives what remains of the chunk. */
export class AnsiStripper {
  #position: Position;

  /** @param position of another filter, to go on from there */
  constructor(position?: string) {
    this.#position = POSITIONS.find((known) => known === position) ?? 'text';
  }

  /** Undefined in plain text. */
  get position(): string | undefined {
    return this.#position === 'text' ? undefined : this.#position;
  }

  strip(chunk: Uint8Array): Uint8Array {
    if (this.#position === 'text' && !chunk.includes(ESC)) return chunk;
    // One more than the chunk: the ESC of the chunk before may turn out to be text.
    const kept = new Uint8Array(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (this.#position === 'in-sequence') {
        if (isSequencePart(byte)) continue;
        this.#position = 'text';
        if (isFinalByte(byte)) continue;
      } else if (this.#position === 'after-escape') {
        this.#position = byte === OPEN_BRACKET ? 'in-sequence' : 'text';
        if (this.#position === 'in-sequence') continue;
        kept[length++] = ESC;
      }
      if (byte === ESC) this.#position = 'after-escape';
      else kept[length++] = byte;
    }
    return kept.subarray(0, length);
  }

  /** What is left at the end of the stream: an ESC that nothing followed. */
  end(): Uint8Array {
    const rest = this.#position === 'after-escape' ? Uint8Array.of(ESC) : new Uint8Array();
    this.#position = 'text';
    return rest;
  }
}

/** Parameter and intermediate bytes. */
function isSequencePart(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x3f;
}

function isFinalByte(byte: number): boolean {
  return byte >= 0x40 && byte <= 0x7e;
}

/** The name of the step. */
const STEP = 'ansi';

/** Puts the filter before a sink. */
export function strippingAnsi(next: StreamSink, saved: SavedSteps = {}): StreamSink {
  const stripper = new AnsiStripper(saved[STEP]);
  const pass = (bytes: Uint8Array) => {
    if (bytes.length > 0) next.write(bytes);
  };
  return before(
    next,
    (chunk) => pass(stripper.strip(chunk)),
    () => pass(stripper.end()),
    () => (stripper.position === undefined ? {} : { [STEP]: stripper.position }),
  );
}
