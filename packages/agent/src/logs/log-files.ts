/**
 * Every log file the agent writes, by path. A file is opened once however many write to it (two streams, the runs
 * before and after a restart, several programs): so a rotation never loses a writer, where two of Supervisor's on one
 * path corrupt it. Those who follow a file learn here that it changed. Knows nothing of processes.
 */
import { fstatSync, statSync } from 'node:fs';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { FlowingFile } from './flowing-file.ts';
import type { LogFile, Rotation } from './log-file.ts';
import type { LogReporter } from './log-reporter.ts';
import { namesDevice, openLogPath } from './open-log-path.ts';
import { RotatingFile } from './rotating-file.ts';
import type { StreamSink } from './stream-sink.ts';

interface Entry {
  file: LogFile | undefined;
  writers: number;
  /** How many bytes were written since the entry was made: where the end of the file stands for those who follow. */
  writtenBytes: number;
  /** What `writtenBytes` was when the file was last cleared. */
  clearedAtBytes: number;
  readonly watchers: Set<() => void>;
}

/** What a follower sees of a file's writing; close it. */
export interface LogWatch {
  /** Grows with each byte written, across rotations. */
  readonly writtenBytes: number;
  /** What that was when the file was last cleared; 0 when it was not. */
  readonly clearedAtBytes: number;
  close(): void;
}

/** What readers of logs have not taken yet, by the path of the log. */
export type HeldOutput = Readonly<Record<string, Uint8Array>>;

export class LogFiles {
  readonly #entries = new Map<string, Entry>();
  readonly #report: LogReporter;
  /** Of an earlier life of the agent, for logs that have not been opened yet. */
  readonly #held: Map<string, Uint8Array>;

  constructor(report: LogReporter, held: HeldOutput = {}) {
    this.#report = report;
    this.#held = new Map(Object.entries(held));
  }

  /** What is held back now, for another life of the agent. */
  held(): HeldOutput {
    const blocked = [...this.#entries].flatMap(([path, { file }]) => (file?.held?.length ? [[path, file.held]] : []));
    return Object.fromEntries(blocked);
  }

  /**
   * Opens a log for appending; it is made when missing.
   * @param path absolute
   * @param rotation where several write to one path, that of the newest holds
   * @throws the file system's error
   */
  open(path: string, rotation: Rotation): StreamSink {
    const entry = this.#entryOf(path);
    try {
      entry.file ??= this.#openFile(path);
    } catch (thrown) {
      this.#dropIfUnused(path, entry);
      throw thrown;
    }
    entry.file.setRotation(rotation);
    entry.writers++;
    if (this.#held.size > 0) this.#writeHeld(path, entry.file);
    return new LogWriter(entry, () => {
      entry.writers--;
      if (entry.writers > 0) return;
      entry.file?.close();
      entry.file = undefined;
      this.#dropIfUnused(path, entry);
    });
  }

  /** Sets other limits for a file that is being written; nothing happens where nobody writes. */
  adjust(path: string, rotation: Rotation): void {
    this.#entries.get(path)?.file?.setRotation(rotation);
  }

  /** Tells of every change to a file until closed, whether anybody writes it now or later. */
  watch(path: string, changed: () => void): LogWatch {
    const entry = this.#entryOf(path);
    entry.watchers.add(changed);
    return {
      get writtenBytes() {
        return entry.writtenBytes;
      },
      get clearedAtBytes() {
        return entry.clearedAtBytes;
      },
      close: () => {
        entry.watchers.delete(changed);
        this.#dropIfUnused(path, entry);
      },
    };
  }

  /**
   * Empties a log, whether it is being written or not; its backups stay. Nothing happens where there is no file.
   * @throws FleetError `unavailable`
   */
  clear(path: string): void {
    const entry = this.#entries.get(path);
    try {
      if (entry?.file !== undefined) entry.file.clear();
      else if (isFile(path)) this.#clearAtRest(path);
    } catch (cause) {
      throw new FleetError('unavailable', `cannot clear ${path}: ${messageOf(cause)}`, { path }, { cause });
    }
    if (entry === undefined) return;
    entry.clearedAtBytes = entry.writtenBytes;
    tell(entry);
  }

  /** Opens every file anew: for whoever moved them away (Supervisor's USR2). What fails is reported and goes on as it was. */
  reopenAll(): void {
    for (const [path, entry] of this.#entries) {
      try {
        entry.file?.reopen();
      } catch (thrown) {
        this.#report('error', `cannot reopen ${path}: ${messageOf(thrown)}; writing goes on to the file as it was`);
      }
      tell(entry);
    }
  }

  #writeHeld(path: string, file: LogFile): void {
    const held = this.#held.get(path);
    if (held !== undefined) file.write(held);
    this.#held.delete(path);
  }

  #entryOf(path: string): Entry {
    let entry = this.#entries.get(path);
    if (entry === undefined) {
      entry = { file: undefined, writers: 0, writtenBytes: 0, clearedAtBytes: 0, watchers: new Set() };
      this.#entries.set(path, entry);
    }
    return entry;
  }

  #dropIfUnused(path: string, entry: Entry): void {
    if (entry.writers === 0 && entry.watchers.size === 0) this.#entries.delete(path);
  }

  #clearAtRest(path: string): void {
    const file = this.#openFile(path);
    try {
      file.clear();
    } finally {
      file.close();
    }
  }

  #openFile(path: string): LogFile {
    const opened = openLogPath(path);
    try {
      // What lies behind /dev/stdout may be a regular file; renaming /dev/stdout would be somebody's bad day.
      const isOurs = fstatSync(opened.fd).isFile() && !namesDevice(path);
      return isOurs
        ? new RotatingFile(path, opened.fd, { maxBytes: 0, backups: 0 }, this.#report)
        : new FlowingFile(path, opened, this.#report);
    } catch (thrown) {
      opened.close();
      throw thrown;
    }
  }
}

class LogWriter implements StreamSink {
  readonly #entry: Entry;
  readonly #release: () => void;
  #isOpen = true;

  constructor(entry: Entry, release: () => void) {
    this.#entry = entry;
    this.#release = release;
  }

  get isBlocked(): boolean {
    return this.#entry.file?.isBlocked ?? false;
  }

  write(chunk: Uint8Array): void {
    this.#count(this.#entry.file?.write(chunk) ?? 0);
  }

  flush(): void {
    if (this.isBlocked) this.#count(this.#entry.file?.flush() ?? 0);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#release();
  }

  #count(written: number): void {
    if (written === 0) return;
    this.#entry.writtenBytes += written;
    tell(this.#entry);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function tell(entry: Entry): void {
  for (const changed of entry.watchers) changed();
}
