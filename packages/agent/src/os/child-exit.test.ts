import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Exit } from '../supervision/process/exit.ts';
import { whenExited } from './child-exit.ts';

function exitOf(script: string): Promise<Exit> {
  const child = spawn('/bin/sh', ['-c', script], { stdio: 'ignore' });
  return new Promise((resolve) => whenExited(child, resolve));
}

describe('whenExited', () => {
  it.each([
    ['exit 0', { kind: 'code', code: 0 }],
    ['exit 255', { kind: 'code', code: 255 }],
    ['kill -KILL $$', { kind: 'signal', signal: 'SIGKILL', number: 9, coreDumped: false }],
    // A real-time signal: Node gives its event as code 0.
    ['kill -35 $$', { kind: 'unknown' }],
  ])('%s', async (script, exit) => {
    expect(await exitOf(script)).toEqual(exit);
  });
});
