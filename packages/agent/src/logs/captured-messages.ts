/**
 * Capture mode before a log: messages are collected within a bound and handed over whole, the rest is output. Decides
 * what becomes of a message that is too long (its newest bytes stay, wherever the stream was cut) and of one that breaks
 * off (it is output after all: a program that dies in the middle of one has often said why in it).
 */
import { AnsiStripper } from './ansi.ts';
import { BEGIN_TAG, CaptureMode, type CapturePosition } from './capture-mode.ts';
import { LastBytes } from './last-bytes.ts';
import { before, type Listener, type SavedSteps, type StreamSink } from './stream-sink.ts';

export interface CaptureOptions {
  /** How much of a message is kept. */
  readonly bytesMax: number;
  readonly stripAnsi: boolean;
  /** Gets each piece of a message when it comes; before, if it shall be, without control sequences. */
  readonly onPiece: Listener;
  /** Gets each message that is whole. */
  readonly onMessage: Listener;
}

/** The name of the step. */
const STEP = 'capture';

/** In the middle of a message, or of what may be the beginning of one. */
interface Saved {
  readonly position: CapturePosition;
  /** Of the message, in base64. */
  readonly kept: string;
  readonly ansi?: string | undefined;
}

/**
 * @param output takes what stands outside of the tags
 * @param log takes a message that broke off: whoever heard its pieces does not hear them again
 */
export function capturing(
  output: StreamSink,
  log: StreamSink,
  options: CaptureOptions,
  steps: SavedSteps = {},
): StreamSink {
  const saved: Saved | undefined = steps[STEP] === undefined ? undefined : JSON.parse(steps[STEP]); // written by `save` below
  let message = new Message(options, saved);
  const parts = {
    outside: (bytes: Uint8Array) => output.write(bytes),
    inside: (bytes: Uint8Array) => message.add(bytes),
    messageEnd: () => {
      const whole = message.end();
      message = new Message(options);
      options.onMessage(whole);
    },
    brokenOff: () => {
      log.write(BEGIN_TAG);
      log.write(message.end());
    },
  };
  const mode = new CaptureMode(parts, saved?.position);
  const save = (): SavedSteps => {
    const { position } = mode;
    return position === undefined ? {} : { [STEP]: JSON.stringify({ position, ...message.save() } satisfies Saved) };
  };
  return before(
    output,
    (chunk) => mode.write(chunk),
    () => mode.end(),
    save,
  );
}

class Message {
  readonly #options: CaptureOptions;
  readonly #kept: LastBytes;
  readonly #stripper: AnsiStripper | undefined;

  constructor(options: CaptureOptions, saved?: Saved) {
    this.#options = options;
    this.#kept = new LastBytes(options.bytesMax);
    this.#stripper = options.stripAnsi ? new AnsiStripper(saved?.ansi) : undefined;
    if (saved !== undefined) this.#kept.add(Buffer.from(saved.kept, 'base64'));
  }

  save(): Omit<Saved, 'position'> {
    return { kept: Buffer.from(this.#kept.bytes()).toString('base64'), ansi: this.#stripper?.position };
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
