/** Logs of one or many processes on one screen: several are told apart by a prefix, line by line. */
import { formatNamespec } from '@fleetvisor/config';
import type { LogPiece } from '../client/log-piece.ts';
import { renderJsonLine } from './document.ts';
import type { Output } from './output.ts';
import { TerminalText } from './terminal-text.ts';
import { visible } from './visible.ts';

/** A line that does not end is cut here. */
const lineBytesMax = 64 * 1024;
const newline = 0x0a;
const colourOff = Buffer.from('\u001b[0m');

interface Source {
  readonly prefix: Buffer;
  text: TerminalText;
  /** The beginning of a line whose end has not come. */
  pending: Buffer;
  /** Bytes were left out: what comes first is the end of a line whose beginning nobody has. How much of it to look through. */
  headBytesMax: number;
}

export class LogPrinter {
  readonly #output: Output;
  readonly #isPrefixed: boolean;
  readonly #sources = new Map<string, Source>();
  #endsInLine = false;

  /** @param isPrefixed whether there are several logs. */
  constructor(output: Output, isPrefixed: boolean) {
    this.#output = output;
    this.#isPrefixed = isPrefixed;
  }

  async print(piece: LogPiece): Promise<void> {
    const source = this.#sourceOf(piece);
    if (piece.skippedBytes > 0) await this.#skip(source, piece);
    if (this.#output.format === 'jsonl') return this.#printJson(piece, this.#readable(source, piece.data, piece.isEnd));
    const bytes = this.#readable(source, withoutHead(source, piece.data), piece.isEnd);
    if (!this.#isPrefixed) return this.#printWhole(bytes);
    const lines = splitLines(source, bytes);
    if (piece.isEnd && source.pending.length > 0) lines.push(takePending(source));
    await this.#printLines(source, lines);
  }

  /** What was begun before the gap ends here, and what follows it begins with a line of its own. */
  async #skip(source: Source, piece: LogPiece): Promise<void> {
    if (this.#isPrefixed && source.pending.length > 0) await this.#printLines(source, [takePending(source)]);
    if (!this.#isPrefixed && this.#endsInLine) await this.#printWhole(Buffer.from([newline]));
    source.text = new TerminalText();
    source.headBytesMax = lineBytesMax;
    await this.#output.note(
      `fleetctl: ${labelOf(piece)}: ${piece.skippedBytes} bytes were left out: reading is too slow`,
    );
  }

  #printLines(source: Source, lines: readonly Buffer[]): Promise<void> {
    return this.#output.write(Buffer.concat(lines.flatMap((line) => this.#prefixed(source, line))));
  }

  /** Gives back the prompt a line of its own. */
  async end(): Promise<void> {
    if (this.#endsInLine && this.#output.isTerminal) await this.#output.write('\n');
  }

  async #printWhole(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#endsInLine = bytes.at(-1) !== newline;
    await this.#output.write(bytes);
  }

  #printJson(piece: LogPiece, bytes: Buffer): Promise<void> {
    const { host, process, skippedBytes, isEnd, error } = piece;
    return this.#output.write(
      renderJsonLine({ kind: 'log', host, process, text: bytes.toString(), skippedBytes, isEnd, error }),
    );
  }

  /** A file gets the bytes of the log, a terminal what is good for it. */
  #readable({ text }: Source, data: Uint8Array, isEnd: boolean): Buffer {
    if (!this.#output.isTerminal && this.#output.format !== 'jsonl') return Buffer.from(data);
    return Buffer.from(text.push(data) + (isEnd ? text.end() : ''));
  }

  /** A colour that a line leaves on must not run into the next one's prefix. */
  #prefixed({ prefix }: Source, line: Buffer): Buffer[] {
    const isColoured = this.#output.isTerminal && line.includes(0x1b);
    return isColoured ? [prefix, line, colourOff, Buffer.from('\n')] : [prefix, line, Buffer.from('\n')];
  }

  #sourceOf(piece: LogPiece): Source {
    const label = labelOf(piece);
    const known = this.#sources.get(label);
    if (known !== undefined) return known;
    const source = {
      prefix: Buffer.from(`${label} | `),
      text: new TerminalText(),
      pending: Buffer.alloc(0),
      headBytesMax: 0,
    };
    this.#sources.set(label, source);
    return source;
  }
}

/** `web1 foo:bar`. */
export function labelOf({ host, process }: Pick<LogPiece, 'host' | 'process'>): string {
  return `${visible(host)} ${visible(formatNamespec(process))}`;
}

/** What begins with a line; what has no lines at all is taken as it is in the end. */
function withoutHead(source: Source, data: Uint8Array): Uint8Array {
  if (source.headBytesMax === 0 || data.length === 0) return data;
  const end = data.indexOf(newline);
  const headBytes = end === -1 ? data.length : end + 1;
  const isOver = end !== -1 || headBytes >= source.headBytesMax;
  source.headBytesMax = isOver ? 0 : source.headBytesMax - headBytes;
  return data.subarray(headBytes);
}

/** Whole lines without their ends. */
function splitLines(source: Source, bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let rest = Buffer.concat([source.pending, bytes]);
  for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
    lines.push(rest.subarray(0, end));
    rest = rest.subarray(end + 1);
  }
  for (; rest.length >= lineBytesMax; rest = rest.subarray(lineBytesMax)) lines.push(rest.subarray(0, lineBytesMax));
  source.pending = rest;
  return lines;
}

function takePending(source: Source): Buffer {
  const { pending } = source;
  source.pending = Buffer.alloc(0);
  return pending;
}
