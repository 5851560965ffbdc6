import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import type { LogFormat } from './settings.ts';

function logged(format: LogFormat, write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  const clock = new VirtualClock(1_700_000_000_000_000n);
  write(createLog('info', format, clock, { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

describe('the log', () => {
  it('is one JSON object a line for machines', () => {
    const text = logged('json', (log) => log.child({ room: 'link' }).warn({ host: 'web1' }, 'session refused'));
    expect(JSON.parse(text)).toEqual({
      level: 'warn',
      time: '2023-11-14T22:13:20.000Z',
      room: 'link',
      host: 'web1',
      msg: 'session refused',
    });
  });

  it('is one plain line for people', () => {
    const text = logged('text', (log) =>
      log.child({ room: 'link' }).warn({ why: 'name taken', n: 3 }, 'session refused'),
    );
    expect(text).toBe('2023-11-14T22:13:20.000Z WARN  link: session refused why="name taken" n=3\n');
  });

  it('shows where an error came from, below its line', () => {
    const text = logged('text', (log) => log.error({ err: new Error('disk is full') }, 'cannot store'));
    expect(text).toMatch(/^2023-11-14T22:13:20\.000Z ERROR cannot store\n {2}Error: disk is full\n {6}at /);
  });

  it('keeps line breaks inside facts on one line', () => {
    expect(logged('text', (log) => log.info({ a: 'x\ny', b: '' }, 'm')).trimEnd()).toMatch(/ a="x\\ny" b=""$/);
  });

  it('leaves out what is below its level', () => {
    expect(logged('text', (log) => log.debug('quiet'))).toBe('');
  });
});
