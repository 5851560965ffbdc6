/** The one logger, made in main and handed down as children. JSON for machines, one plain line for people. */
import type { Clock } from '@fleetvisor/primitives';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogFormat, LogLevel } from './settings.ts';

/** @param output takes whole lines. */
export function createLog(level: LogLevel, format: LogFormat, clock: Clock, output: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(Number(clock.wallTimeUs() / 1000n)).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, format === 'json' ? output : { write: (line: string) => output.write(textLine(line)) });
}

/** `2026-01-31T12:00:00.000Z WARN  link: session refused host=web1 reason="name taken"` */
function textLine(jsonLine: string): string {
  const { time, level, room, msg, err, ...facts } = JSON.parse(jsonLine);
  const place = room === undefined ? '' : `${room}: `;
  const words = Object.entries(facts).map(([key, value]) => ` ${key}=${factText(value)}`);
  const stack = err === undefined ? '' : `\n  ${String(err.stack ?? err.message).replaceAll('\n', '\n  ')}`;
  return `${time} ${String(level).toUpperCase().padEnd(5)} ${place}${msg}${words.join('')}${stack}\n`;
}

function factText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
}
