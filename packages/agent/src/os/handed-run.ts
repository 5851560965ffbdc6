/**
 * What a life of the agent hands to the next one, in the same process, of a run that goes on: its descriptors, which stay
 * open, and what the streams were in the middle of. Plain data.
 */
import type { SavedSteps } from '../logs/stream-sink.ts';
import type { HandedStdin } from './stdin-writer.ts';

/** Our end of an output pipe. */
export interface HandedOutput {
  readonly fd: number;
  readonly saved: SavedSteps;
}

/** Of a stream that it has not, or has closed, there is nothing. */
export interface HandedRun {
  readonly stdin?: HandedStdin | undefined;
  readonly stdout?: HandedOutput | undefined;
  readonly stderr?: HandedOutput | undefined;
  /** What a crash record would show. */
  readonly lastOutput: Uint8Array;
}

/** By the label of the run: see run-label.ts. */
export type HandedRuns = Readonly<Record<string, HandedRun>>;
