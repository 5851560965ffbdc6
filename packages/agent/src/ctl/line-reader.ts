/** Typed lines one after the other: with editing, history and completion on a terminal, as they come from a pipe. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CtlInput, CtlOutput } from './world.ts';

/** What completes a line: the candidates, and the piece of the line they stand for. */
export type Completer = (line: string) => Promise<[candidates: string[], piece: string]>;

const HISTORY_LINES_MAX = 10_000;
/** Lines pasted or piped faster than commands end; beyond it the input waits. */
const WAITING_LINES_MAX = 1_000;

export class LineReader implements Disposable {
  /** Set by the shell; elsewhere there is nothing to complete. */
  completer: Completer | undefined;

  readonly #input: CtlInput;
  readonly #screen: Screen;
  readonly #onInterrupt: () => void;
  readonly #isTerminal: boolean;
  readonly #waiting: string[] = [];
  #wanted: ((line: string | undefined) => void) | undefined;
  #interface: Interface | undefined;
  #hasEnded = false;
  /** The newest first, as readline has it. */
  #history: string[] = [];

  /** @param onInterrupt Ctrl-C as a key: a terminal that is edited on sends no signal */
  constructor(input: CtlInput, output: CtlOutput, onInterrupt: () => void) {
    this.#input = input;
    this.#screen = new Screen(output);
    this.#onInterrupt = onInterrupt;
    this.#isTerminal = input.isTTY === true && output.isTTY === true;
  }

  /** Whether lines are edited, so that a history makes sense. */
  get isTerminal(): boolean {
    return this.#isTerminal;
  }

  /** Oldest first. */
  get history(): readonly string[] {
    return this.#history.toReversed();
  }

  set history(lines: readonly string[]) {
    this.#history = lines.slice(-HISTORY_LINES_MAX).toReversed();
  }

  /** The next line, without its end; undefined at the end of the input. On a terminal one may go on after that. */
  next(prompt: string): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const line = this.#waiting.shift();
    if (line !== undefined || this.#hasEnded) {
      this.#screen.write(prompt);
      resolve(line);
      return promise;
    }
    this.#wanted = resolve;
    this.#interface ??= this.#open();
    const reader = this.#interface;
    reader.setPrompt(prompt);
    reader.prompt(true);
    return promise;
  }

  /** As `next`, but nothing of it is shown or remembered. */
  async nextSecret(prompt: string): Promise<string | undefined> {
    this.#screen.write(prompt);
    this.#screen.isMuted = this.#isTerminal;
    try {
      return await this.next('');
    } finally {
      this.#screen.isMuted = false;
    }
  }

  [Symbol.dispose](): void {
    this.#close();
    // An open terminal or pipe would keep the process alive.
    this.#input.pause();
  }

  #open(): Interface {
    const reader = createInterface({
      input: this.#input,
      output: this.#screen,
      terminal: this.#isTerminal,
      history: [...this.#history],
      historySize: HISTORY_LINES_MAX,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) =>
        void this.#complete(line).then((result) => done(null, result)),
    });
    reader.on('line', (line) => this.#take(line));
    reader.on('close', () => this.#ended(reader));
    reader.on('history', (history) => {
      if (this.#screen.isMuted) history.shift();
      this.#history = [...history];
    });
    reader.on('SIGINT', () => {
      this.#close();
      this.#onInterrupt();
    });
    return reader;
  }

  #take(line: string): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted !== undefined) {
      wanted(line);
      return;
    }
    this.#waiting.push(line);
    if (this.#waiting.length >= WAITING_LINES_MAX) this.#interface?.pause();
  }

  #ended(reader: Interface): void {
    if (this.#interface !== reader) return;
    this.#interface = undefined;
    // Ctrl-D ends one read of a terminal, not the terminal.
    this.#hasEnded = !this.#isTerminal;
    this.#wanted?.(undefined);
    this.#wanted = undefined;
  }

  #close(): void {
    const reader = this.#interface;
    this.#interface = undefined;
    reader?.close();
  }

  async #complete(line: string): Promise<[string[], string]> {
    try {
      return (await this.completer?.(line)) ?? [[], line];
    } catch {
      // A server that does not answer has no names to offer; the command itself will say why.
      return [[], line];
    }
  }
}

/** The output as readline sees it; muted, a password leaves no trace. */
class Screen extends Writable {
  isMuted = false;
  readonly #output: CtlOutput;

  constructor(output: CtlOutput) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#output.write(chunk, encoding);
    done();
  }
}
