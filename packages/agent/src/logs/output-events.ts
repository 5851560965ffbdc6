/** What the logs tell of a process's output besides writing it down: Supervisor's events are made of it. A port; events/ implements it. */
import type { ProcessName } from '../supervision/status.ts';

/** One output stream of one run. */
export interface OutputSource {
  readonly process: ProcessName;
  readonly channel: 'stdout' | 'stderr';
  /** Of the run's child; 0 until it has one. */
  readonly pid: () => number;
}

/** Chunks are only lent: they change after the call. */
export interface OutputEvents {
  /** A chunk as it was read, of a stream with `*_events_enabled`: PROCESS_LOG_*. */
  written(source: OutputSource, chunk: Uint8Array): void;
  /** What stood between the tags of capture mode, whole: PROCESS_COMMUNICATION_*. */
  captured(source: OutputSource, data: Uint8Array): void;
  /** The stdout of one run of an event listener begins: whatever it writes goes to the returned function, too. */
  listens(source: OutputSource): (chunk: Uint8Array) => void;
}
