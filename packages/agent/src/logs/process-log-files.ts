/**
 * Which files a process writes to, by its spec, and what else its output goes through: the logs' side of supervision's
 * ports.
 */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { formatNamespec, type LogSpec, type ProcessName, type ProcessSpec } from '@fleetvisor/config';
import type { Random } from '@fleetvisor/primitives';
import type { ProcessLogs } from '../supervision/ports.ts';
import { type AutoLogPlace, createAutoLog, removeAutoLogs } from './auto-name.ts';
import type { LastBytes } from './last-bytes.ts';
import type { LogFiles } from './log-files.ts';
import type { LogReporter } from './log-reporter.ts';
import { type OutputAudience, outputChain } from './output-chain.ts';
import { nowhere, type SavedSteps, type StreamSink } from './stream-sink.ts';

export type OutputStream = 'stdout' | 'stderr';

const STREAMS = ['stdout', 'stderr'] as const satisfies readonly OutputStream[];

export interface ProcessLogSettings {
  /** Where AUTO logs are made; undefined: the system's folder for temporary files. */
  readonly childlogdir: string | undefined;
  readonly identifier: string;
  readonly stripAnsi: boolean;
}

/** One run of a process. */
export interface RunOutput {
  /** Of its child; 0 until it has one. */
  readonly pid: () => number;
  /** Also gets what goes to the log, as it goes there. */
  readonly last: LastBytes | undefined;
  /** Where an earlier life of the agent was in the stream. */
  readonly saved?: SavedSteps | undefined;
}

export class ProcessLogFiles implements ProcessLogs {
  readonly #files: LogFiles;
  readonly #random: Random;
  readonly #audience: Partial<OutputAudience>;
  #settings: ProcessLogSettings;
  /** By process and stream, for as long as the process exists. */
  readonly #autoPaths = new Map<string, string>();

  /** @param audience who else hears of output; where somebody is missing, nobody does */
  constructor(files: LogFiles, settings: ProcessLogSettings, random: Random, audience: Partial<OutputAudience> = {}) {
    this.#files = files;
    this.#settings = settings;
    this.#random = random;
    this.#audience = audience;
  }

  pathOf(spec: ProcessSpec, stream: OutputStream): string | undefined {
    try {
      return this.#resolve(spec, stream);
    } catch {
      return undefined; // an AUTO log that cannot be made: the start fails for it and says why
    }
  }

  /** Supervisor does nothing to a log that no run writes, and says that it has cleared it (trap 50). */
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

  /** A reload: AUTO logs of processes to come, and what holds for the runs to come. */
  adopt(settings: ProcessLogSettings): void {
    this.#settings = settings;
  }

  /** Makes the AUTO logs of a process that is new, as Supervisor does before any start. */
  prepare(spec: ProcessSpec): void {
    for (const stream of STREAMS) this.pathOf(spec, stream);
  }

  /** The AUTO logs that a process has by now. */
  autoLogsOf(process: ProcessName): Partial<Readonly<Record<OutputStream, string>>> {
    const entries = STREAMS.map((stream) => [stream, this.#autoPaths.get(keyOf(process, stream))] as const);
    return Object.fromEntries(entries.filter(([, path]) => path !== undefined));
  }

  /** A process goes on with the AUTO logs that an earlier agent gave it. To be told before the process is added. */
  goOnWith(process: ProcessName, autoLogs: Partial<Readonly<Record<OutputStream, string | undefined>>>): void {
    for (const stream of STREAMS) {
      const path = autoLogs[stream];
      if (path !== undefined) this.#autoPaths.set(keyOf(process, stream), path);
    }
  }

  /** A process is no more: its AUTO logs stay where they are, and one of the same name gets others. */
  forget(process: ProcessName): void {
    for (const stream of STREAMS) this.#autoPaths.delete(keyOf(process, stream));
  }

  /** Removes the AUTO logs that earlier lives of the daemon left; those of processes that exist stay. */
  removeOldAutoLogs(report: LogReporter): void {
    removeAutoLogs(this.#autoPlace, report, [...this.#autoPaths.values()]);
  }

  /**
   * Opens the log of one stream for one run.
   * @throws the file system's error when there is a file and it cannot be opened; FleetError `unavailable` when it goes
   *   to the system's log and that cannot be had
   */
  openStream(spec: ProcessSpec, stream: OutputStream, { pid, last, saved }: RunOutput): StreamSink {
    const { group, name, kind } = spec;
    const log: LogSpec = spec[stream];
    const path = this.#resolve(spec, stream);
    const file = path === undefined ? nowhere : this.#files.open(path, log);
    try {
      const source = { process: { group, name }, channel: stream, pid };
      const { stripAnsi } = this.#settings;
      return outputChain(file, { source, kind, log, stripAnsi, last, saved }, this.#audience);
    } catch (thrown) {
      file.close();
      throw thrown;
    }
  }

  get #autoPlace(): AutoLogPlace {
    const { childlogdir, identifier } = this.#settings;
    return { folder: childlogdir ?? tmpdir(), identifier };
  }

  /** @throws the file system's error when an AUTO log cannot be made */
  #resolve(spec: ProcessSpec, stream: OutputStream): string | undefined {
    const { target } = spec[stream];
    if (target.kind === 'none') return undefined;
    if (target.kind === 'file') return resolve(target.path);
    const key = keyOf(spec, stream);
    const known = this.#autoPaths.get(key);
    if (known !== undefined) return known;
    const path = createAutoLog(spec.name, stream, this.#autoPlace, this.#random);
    this.#autoPaths.set(key, path);
    return path;
  }
}

function keyOf(process: ProcessName, stream: OutputStream): string {
  return `${formatNamespec(process)} ${stream}`;
}
