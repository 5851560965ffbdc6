/** Which files a process writes to, by its spec: the logs' side of supervision's ports. */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { LogSpec, ProcessSpec } from '@fleetvisor/config';
import type { Random } from '@fleetvisor/primitives';
import type { ProcessLogs } from '../supervision/ports.ts';
import { strippingAnsi } from './ansi.ts';
import { createAutoLog } from './auto-name.ts';
import type { LastBytes } from './last-bytes.ts';
import type { LogFiles } from './log-files.ts';
import type { StreamSink } from './stream-sink.ts';

export type OutputStream = 'stdout' | 'stderr';

const STREAMS = ['stdout', 'stderr'] as const satisfies readonly OutputStream[];

export interface ProcessLogSettings {
  /** Where AUTO logs are made; undefined: the system's folder for temporary files. */
  readonly childlogdir: string | undefined;
  readonly identifier: string;
  readonly stripAnsi: boolean;
}

export class ProcessLogFiles implements ProcessLogs {
  readonly #files: LogFiles;
  readonly #settings: ProcessLogSettings;
  readonly #random: Random;
  /** One file over all runs of a process, by its name and stream. Bounded by the names that a config ever had. */
  readonly #autoPaths = new Map<string, string>();

  constructor(files: LogFiles, settings: ProcessLogSettings, random: Random) {
    this.#files = files;
    this.#settings = settings;
    this.#random = random;
  }

  pathOf(spec: ProcessSpec, stream: OutputStream): string | undefined {
    try {
      return this.#resolve(spec, stream);
    } catch {
      return undefined; // an AUTO log that cannot be made: the start fails for it and says why
    }
  }

  clear(spec: ProcessSpec): void {
    for (const stream of STREAMS) {
      const path = this.pathOf(spec, stream);
      if (path !== undefined) this.#files.clear(path);
    }
  }

  adjust(spec: ProcessSpec): void {
    for (const stream of STREAMS) {
      const path = this.pathOf(spec, stream);
      if (path !== undefined) this.#files.adjust(path, spec[stream]);
    }
  }

  /**
   * Opens the log of one stream for one run.
   * @param last also gets what is written, as it is written
   * @throws the file system's error when there is a file and it cannot be opened
   */
  openStream(spec: ProcessSpec, stream: OutputStream, last: LastBytes | undefined): StreamSink {
    const path = this.#resolve(spec, stream);
    const log: LogSpec = spec[stream];
    const file = path === undefined ? nowhere : this.#files.open(path, log);
    const sink = last === undefined ? file : remembering(last, file);
    return this.#settings.stripAnsi ? strippingAnsi(sink) : sink;
  }

  /** @throws the file system's error when an AUTO log cannot be made */
  #resolve(spec: ProcessSpec, stream: OutputStream): string | undefined {
    const { target } = spec[stream];
    if (target.kind === 'none') return undefined;
    if (target.kind === 'file') return resolve(target.path);
    const key = `${spec.group}:${spec.name} ${stream}`;
    const known = this.#autoPaths.get(key);
    if (known !== undefined) return known;
    const { childlogdir, identifier } = this.#settings;
    const path = createAutoLog(spec.name, stream, { folder: childlogdir ?? tmpdir(), identifier }, this.#random);
    this.#autoPaths.set(key, path);
    return path;
  }
}

/** Of a stream that has no log. */
const nowhere: StreamSink = { write: () => {}, isBlocked: false, flush: () => {}, close: () => {} };

function remembering(last: LastBytes, next: StreamSink): StreamSink {
  return {
    write: (chunk) => {
      last.add(chunk);
      next.write(chunk);
    },
    get isBlocked() {
      return next.isBlocked;
    },
    flush: () => next.flush(),
    close: () => next.close(),
  };
}
