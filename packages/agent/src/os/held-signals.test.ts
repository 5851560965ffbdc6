import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { handOnSignals, takeHandedSignals } from './held-signals.ts';

const program = fileURLToPath(new URL('./fixtures/become-itself.ts', import.meta.url));

describe('signals that come while a process becomes another program', () => {
  it('are handed on to it, each that nobody has heard of, and once', () => {
    const output = execFileSync(process.execPath, [program], { encoding: 'utf8', timeout: 20_000 });
    expect(JSON.parse(output)).toEqual({
      before: 'SIGUSR2',
      handed: ['SIGCHLD', 'SIGHUP', 'SIGTERM'],
      again: [],
    });
  });

  it('are words, to which the launcher adds', () => {
    expect(handOnSignals([])).toEqual({});
    expect(handOnSignals(['SIGTERM', 'SIGHUP', 'SIGTERM'])).toEqual({ FLEET_HELD_SIGNALS: 'TERM HUP' });
    const env = { FLEET_HELD_SIGNALS: ' TERM  HUP', A: '1' };
    expect(takeHandedSignals(env)).toEqual(['SIGTERM', 'SIGHUP']);
    expect(env).toEqual({ A: '1' });
  });
});
