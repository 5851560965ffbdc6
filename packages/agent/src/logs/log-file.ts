/** What can be written to as a log: a file that rotates, or something that only flows (a terminal, a pipe). */
import { constants } from 'node:fs';

export interface Rotation {
  /** The file is rotated once it has this many bytes; 0 = never. */
  readonly maxBytes: number;
  /** How many rotated files are kept; 0 = the file is truncated instead. */
  readonly backups: number;
}

export interface LogFile {
  /** Takes the chunk; failures are counted and reported, never thrown. @returns how many bytes are written */
  write(chunk: Uint8Array): number;
  /** Bytes are held back, because what stands behind the path is slow to take them. */
  readonly isBlocked: boolean;
  /** These bytes; missing where none ever are. */
  readonly held?: Uint8Array;
  /** Tries again to write what is held back. @returns how many bytes are written */
  flush(): number;
  /** Whether it can be tailed, rotated and cleared. */
  readonly isRegular: boolean;
  setRotation(rotation: Rotation): void;
  /** Opens the path anew, after somebody moved the file away. @throws the file system's error */
  reopen(): void;
  /** Begins it anew with nothing in it. @throws the file system's error */
  clear(): void;
  close(): void;
}

/** Append, made when missing. Non-blocking matters for what is no regular file alone: a pipe that nobody reads fails to open instead of stopping the agent. */
export const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY | constants.O_NONBLOCK;
