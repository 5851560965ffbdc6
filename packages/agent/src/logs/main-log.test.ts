import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { createMainLog, formatLogLine } from './main-log.ts';

describe('formatLogLine', () => {
  it('is Supervisor line by line, in local time', () => {
    const at = BigInt(new Date(2026, 10, 1, 3, 4, 5, 67).getTime()) * 1000n;
    expect(formatLogLine(at, 'critical', 'text')).toBe('2026-11-01 03:04:05,067 CRIT text\n');
    expect(formatLogLine(at, 'blather', 'a\nb')).toBe('2026-11-01 03:04:05,067 BLAT a\nb\n');
  });
});

describe('createMainLog', () => {
  it('drops what is below its level', () => {
    const lines: string[] = [];
    const log = createMainLog({
      clock: new VirtualClock(),
      level: 'info',
      file: undefined,
      alsoTo: (t) => lines.push(t),
    });
    log.log('debug', 'no');
    log.log('info', 'yes');
    log.log('error', 'oh');
    expect(lines.map((line) => line.slice(24))).toEqual(['INFO yes\n', 'ERRO oh\n']);
  });
});
