/** The agent's own log in Supervisor's line format: to a rotating file, to the terminal, to the system's log. */
import type { LogLevel } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import type { StreamSink } from './stream-sink.ts';
import type { SyslogPort } from './syslog-lines.ts';

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
  /** Whether a message of this level would be written: for those that cost something to make. */
  isLogged(level: LogLevel): boolean;
}

/** Where messages go, and which. */
export interface MainLogOutputs {
  readonly level: LogLevel;
  /** From `LogFiles.open`, so that it rotates, reopens and is tailed like any other; undefined: to no file. */
  readonly file: StreamSink | undefined;
  /** Where lines also go: the terminal of a daemon in the foreground. */
  readonly alsoTo?: ((text: string) => void) | undefined;
  /** The system's log: gets each line of a message with the time and level before it, as from Supervisor. */
  readonly syslog?: SyslogPort | undefined;
}

export interface MainLogOptions extends MainLogOutputs {
  readonly clock: Clock;
}

export interface RedirectableMainLog extends MainLogWriter {
  /** From now on messages go elsewhere. Closes nothing. */
  redirect(outputs: MainLogOutputs): void;
}

export function createMainLog({ clock, ...first }: MainLogOptions): RedirectableMainLog {
  let outputs: MainLogOutputs = first;
  const isLogged = (level: LogLevel) => LEVELS[level].rank >= LEVELS[outputs.level].rank;
  return {
    isLogged,
    log: (level, message) => {
      if (!isLogged(level)) return;
      const now = clock.wallTimeUs();
      const text = formatLogLine(now, level, message);
      outputs.file?.flush(); // nobody else tries again what a slow reader of it did not take
      outputs.file?.write(Buffer.from(text));
      outputs.alsoTo?.(text);
      for (const line of outputs.syslog === undefined ? [] : linesOf(message)) {
        outputs.syslog?.write(Buffer.from(formatLogLine(now, level, line).trimEnd()));
      }
    },
    redirect: (next) => {
      outputs = next;
    },
  };
}

function linesOf(message: string): readonly string[] {
  return message.replace(/\n+$/, '').split('\n');
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
