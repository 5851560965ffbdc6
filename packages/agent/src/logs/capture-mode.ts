/**
 * Supervisor's capture mode: what a program writes between two tags is a message, no output. Finds the tags in a stream
 * wherever it is cut into chunks. Holds back only what may be the beginning of a tag, never more than a tag is long, and
 * gives it back when it is none: Supervisor holds back every short output and loses it when the program ends. Pure.
 */

export const BEGIN_TAG: Uint8Array = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
export const END_TAG: Uint8Array = Buffer.from('<!--XSUPERVISOR:END-->');

/** What the stream turned out to be, in its order. Bytes are only lent, and never none. */
export interface CaptureParts {
  /** Output outside of the tags. */
  outside(bytes: Uint8Array): void;
  /** A piece of a message. */
  inside(bytes: Uint8Array): void;
  /** The message is whole. */
  messageEnd(): void;
  /** The stream ended inside a message. */
  brokenOff(): void;
}

/** Where in the stream it stands. */
export interface CapturePosition {
  readonly isInside: boolean;
  /** How many bytes of the tag that is looked for have been seen at the end of the last chunk. */
  readonly held: number;
}

const AT_REST: CapturePosition = { isInside: false, held: 0 };

export class CaptureMode {
  readonly #parts: CaptureParts;
  #isInside: boolean;
  #held: number;

  /** @param position where another one stood */
  constructor(parts: CaptureParts, { isInside, held } = AT_REST) {
    this.#parts = parts;
    this.#isInside = isInside;
    this.#held = held;
  }

  /** Undefined outside of everything. */
  get position(): CapturePosition | undefined {
    return this.#isInside || this.#held > 0 ? { isInside: this.#isInside, held: this.#held } : undefined;
  }

  write(chunk: Uint8Array): void {
    let rest = this.#withHeld(chunk);
    for (;;) {
      const tag = this.#tag;
      const at = rest.indexOf(tag);
      if (at === -1) break;
      this.#pass(rest.subarray(0, at));
      if (this.#isInside) this.#parts.messageEnd();
      this.#isInside = !this.#isInside;
      rest = rest.subarray(at + tag.length);
    }
    this.#held = beginningAtEnd(rest, this.#tag);
    this.#pass(rest.subarray(0, rest.length - this.#held));
  }

  /** Nothing more will come. */
  end(): void {
    this.#pass(this.#withHeld(new Uint8Array()));
    if (this.#isInside) this.#parts.brokenOff();
    this.#isInside = false;
  }

  get #tag(): Uint8Array {
    return this.#isInside ? END_TAG : BEGIN_TAG;
  }

  #withHeld(chunk: Uint8Array): Buffer {
    if (this.#held === 0) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const held = this.#tag.subarray(0, this.#held);
    this.#held = 0;
    return Buffer.concat([held, chunk]);
  }

  #pass(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#isInside) this.#parts.inside(bytes);
    else this.#parts.outside(bytes);
  }
}

/** How many of the last bytes are the beginning of a tag. A tag has its first byte nowhere else: there is one candidate. */
function beginningAtEnd(bytes: Buffer, tag: Uint8Array): number {
  const at = bytes.lastIndexOf(tag.subarray(0, 1));
  const count = bytes.length - at;
  if (at === -1 || count >= tag.length) return 0;
  return bytes.subarray(at).equals(tag.subarray(0, count)) ? count : 0;
}
