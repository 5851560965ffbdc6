import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { numberOfSignal, sendSignal } from './signals.ts';

describe('sendSignal', () => {
  it('sends by name or number, and finds nobody afterwards', async () => {
    const child = spawn('sleep', ['100'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    expect(sendSignal(pid, '0', false)).toEqual({ kind: 'sent' });
    expect(sendSignal(pid, 'TERM', false)).toEqual({ kind: 'sent' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(sendSignal(pid, '9', false)).toEqual({ kind: 'gone' });
    expect(sendSignal(pid, 'KILL', true)).toEqual({ kind: 'gone' });
  });

  it('finds nobody behind a pid that is none: to the system 0 is our own process group', () => {
    expect(sendSignal(0, '0', false)).toEqual({ kind: 'gone' });
    expect(sendSignal(0, '0', true)).toEqual({ kind: 'gone' });
  });

  it('refuses what is no signal', () => {
    expect(sendSignal(process.pid, 'TREM', false)).toEqual({
      kind: 'refused',
      reason: 'there is no signal TREM on this system',
    });
  });
});

describe('numberOfSignal', () => {
  it('knows the numbers of Node names', () => {
    expect([numberOfSignal('SIGKILL'), numberOfSignal('SIGTERM')]).toEqual([9, 15]);
  });
});
