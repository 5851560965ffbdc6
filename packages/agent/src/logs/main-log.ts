/** The agent's own log in Supervisor's line format: to a rotating file, to the terminal, or both. */
import type { LogLevel } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import type { StreamSink } from './stream-sink.ts';

/** Supervisor's numbers and four letters. */
const LEVELS = {
  critical: { rank: 50, word: 'CRIT' },
  error: { rank: 40, word: 'ERRO' },
  warn: { rank: 30, word: 'WARN' },
  info: { rank: 20, word: 'INFO' },
  debug: { rank: 10, word: 'DEBG' },
  trace: { rank: 5, word: 'TRAC' },
  blather: { rank: 3, word: 'BLAT' },
} as const satisfies Record<LogLevel, { readonly rank: number; readonly word: string }>;

export interface MainLogWriter {
  /** Writes one message, unless it is below the level that is set. */
  log(level: LogLevel, message: string): void;
}

export interface MainLogOptions {
  readonly clock: Clock;
  readonly level: LogLevel;
  /** From `LogFiles.open`, so that it rotates, reopens and is tailed like any other; undefined: to no file. */
  readonly file: StreamSink | undefined;
  /** Where lines also go: the terminal of a daemon in the foreground. */
  readonly alsoTo?: ((text: string) => void) | undefined;
}

export function createMainLog({ clock, level, file, alsoTo }: MainLogOptions): MainLogWriter {
  const lowest = LEVELS[level].rank;
  return {
    log: (messageLevel, message) => {
      if (LEVELS[messageLevel].rank < lowest) return;
      const line = formatLogLine(clock.wallTimeUs(), messageLevel, message);
      file?.write(Buffer.from(line));
      alsoTo?.(line);
    },
  };
}

/** `2026-11-21 00:00:16,952 INFO text` in local time. A message of several lines stays as it is, as in Supervisor. */
export function formatLogLine(wallTimeUs: bigint, level: LogLevel, message: string): string {
  const time = new Date(Number(wallTimeUs / 1000n));
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${date} ${clock},${ms} ${LEVELS[level].word} ${message}\n`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
