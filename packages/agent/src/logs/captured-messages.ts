/**
 * Capture mode before a log: messages are collected within a bound and handed over whole, the rest is output. Decides
 * what becomes of a message that is too long (its newest bytes stay, wherever the stream was cut) and of one that breaks
 * off (it is output after all: a program that dies in the middle of one has often said why in it).
 */
import { AnsiStripper } from './ansi.ts';
import { BEGIN_TAG, CaptureMode } from './capture-mode.ts';
import { LastBytes } from './last-bytes.ts';
import { before, type Listener, type StreamSink } from './stream-sink.ts';

export interface CaptureOptions {
  /** How much of a message is kept. */
  readonly bytesMax: number;
  readonly stripAnsi: boolean;
  /** Gets each piece of a message when it comes; before, if it shall be, without control sequences. */
  readonly onPiece: Listener;
  /** Gets each message that is whole. */
  readonly onMessage: Listener;
}

/**
 * @param output takes what stands outside of the tags
 * @param log takes a message that broke off: whoever heard its pieces does not hear them again
 */
export function capturing(output: StreamSink, log: StreamSink, options: CaptureOptions): StreamSink {
  let message = new Message(options);
  const mode = new CaptureMode({
    outside: (bytes) => output.write(bytes),
    inside: (bytes) => message.add(bytes),
    messageEnd: () => {
      const whole = message.end();
      message = new Message(options);
      options.onMessage(whole);
    },
    brokenOff: () => {
      log.write(BEGIN_TAG);
      log.write(message.end());
    },
  });
  return before(
    output,
    (chunk) => mode.write(chunk),
    () => mode.end(),
  );
}

class Message {
  readonly #options: CaptureOptions;
  readonly #kept: LastBytes;
  readonly #stripper: AnsiStripper | undefined;

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#kept = new LastBytes(options.bytesMax);
    this.#stripper = options.stripAnsi ? new AnsiStripper() : undefined;
  }

  add(bytes: Uint8Array): void {
    this.#keep(this.#stripper?.strip(bytes) ?? bytes);
  }

  end(): Uint8Array {
    if (this.#stripper !== undefined) this.#keep(this.#stripper.end());
    return this.#kept.bytes();
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#kept.add(bytes);
    this.#options.onPiece(bytes);
  }
}
