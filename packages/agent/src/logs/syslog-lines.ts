/** The output of a program as the system's log takes it: line by line, each after the program's name. */
import type { SavedSteps, StreamSink } from './stream-sink.ts';

/** The system's log; a message is one line. */
export interface SyslogPort {
  write(message: Uint8Array): void;
}

/** A longer line becomes several: rsyslog and journald cut what is longer than 8 KiB or a little more. */
export const LINE_BYTES_MAX = 8 * 1024;

const NEWLINE = 0x0a;

/**
 * Makes messages `NAME line` of a stream. A line that is cut into chunks is one message, where Supervisor makes one of
 * each piece; the last line is sent at the end even when it is not whole.
 */
export function syslogLines(name: string, syslog: SyslogPort, saved: SavedSteps = {}): StreamSink {
  const lines = new Lines(Buffer.from(`${name} `), syslog, Buffer.from(saved[STEP] ?? '', 'base64'));
  return {
    write: (chunk) => lines.add(chunk),
    isBlocked: false,
    flush: () => {},
    close: () => lines.end(),
    saved: () => (lines.rest.length === 0 ? {} : { [STEP]: Buffer.from(lines.rest).toString('base64') }),
  };
}

/** The name of the step. */
const STEP = 'syslog';

class Lines {
  readonly #prefix: Uint8Array;
  readonly #syslog: SyslogPort;
  #rest: Uint8Array;

  constructor(prefix: Uint8Array, syslog: SyslogPort, rest: Uint8Array) {
    this.#prefix = prefix;
    this.#syslog = syslog;
    this.#rest = rest;
  }

  /** Of a line whose end has not come. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  add(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#extend(chunk.subarray(start, end));
      this.#send();
      start = end + 1;
    }
    this.#extend(chunk.subarray(start));
  }

  end(): void {
    if (this.#rest.length > 0) this.#send();
  }

  #extend(piece: Uint8Array): void {
    let left = piece;
    while (this.#rest.length + left.length > LINE_BYTES_MAX) {
      const room = LINE_BYTES_MAX - this.#rest.length;
      this.#rest = Buffer.concat([this.#rest, left.subarray(0, room)]);
      left = left.subarray(room);
      this.#send();
    }
    if (left.length > 0) this.#rest = Buffer.concat([this.#rest, left]);
  }

  #send(): void {
    this.#syslog.write(Buffer.concat([this.#prefix, this.#rest]));
    this.#rest = new Uint8Array();
  }
}
