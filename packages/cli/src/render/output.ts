/** Where a command prints: in the format that was asked for, at the pace of the reader. */
import { FleetError } from '@fleetvisor/primitives';
import type { Sink } from '../terminal/sink.ts';
import { type Document, renderJson, renderJsonLine, renderYaml } from './document.ts';
import { coloured, type Painter, plain } from './paint.ts';
import { visible } from './visible.ts';

export const formats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

/** One answer in all its formats. */
export interface View {
  readonly document: Document;
  /** For jsonl: the same by parts, one line each. */
  readonly parts: readonly Document[];
  /** For `name`: what can be given to another command. */
  readonly names: readonly string[];
  table(isWide: boolean): readonly string[];
}

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly format: Format;
  readonly isColoured: boolean;
  readonly timeZone: string | undefined;
}

export class Output {
  readonly format: Format;
  readonly paint: Painter;
  /** IANA name, for points in time. */
  readonly timeZone: string | undefined;
  /** Whether stdout is a terminal: what is written raw could then do more than be read. */
  readonly isTerminal: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;

  constructor({ stdout, stderr, format, isColoured, timeZone }: OutputOptions) {
    this.format = format;
    this.paint = isColoured ? coloured : plain;
    this.timeZone = timeZone;
    this.isTerminal = stdout.isTerminal;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** Whether people read it. */
  get isTable(): boolean {
    return this.format === 'table' || this.format === 'wide';
  }

  /** To stdout as it stands. Waits while the reader is slow. */
  write(text: string | Uint8Array): Promise<void> {
    return text.length === 0 ? Promise.resolve() : this.#stdout.write(text);
  }

  lines(lines: readonly string[]): Promise<void> {
    return this.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** To stderr: what is said beside the answer. What a person or a host has put into it is made visible here. */
  note(text: string): Promise<void> {
    return this.#stderr.write(`${visible(text)}\n`);
  }

  async show(view: View): Promise<void> {
    switch (this.format) {
      case 'table':
      case 'wide':
        return this.lines(view.table(this.format === 'wide'));
      case 'json':
        return this.write(renderJson(view.document));
      case 'yaml':
        return this.write(await renderYaml(view.document));
      case 'jsonl':
        return this.write(view.parts.map(renderJsonLine).join(''));
      case 'name':
        return this.lines(this.isTerminal ? view.names.map(visible) : view.names);
    }
  }

  /** @throws FleetError `invalid` where the format needs an end to come before it can be printed. */
  requireEndless(): void {
    if (this.format === 'json' || this.format === 'yaml') {
      throw new FleetError('invalid', `what is followed has no end: use -o jsonl instead of -o ${this.format}`);
    }
  }
}
