import { describe, expect, it } from 'vitest';
import * as lines from './main-log-lines.ts';
import type { Exit } from './process/exit.ts';

const code = (value: number): Exit => ({ kind: 'code', code: value });
const signal = (number: number, coreDumped = false): Exit => ({ kind: 'signal', signal: '', number, coreDumped });

describe('the main log', () => {
  it.each<[lines.MainLogLine, string, string]>([
    [lines.spawned('cat', 12), 'info', "spawned: 'cat' with pid 12"],
    [
      lines.enteredRunning('cat', 1),
      'info',
      'success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    ],
    [lines.exited('cat', code(0), true), 'info', 'exited: cat (exit status 0; expected)'],
    [lines.exited('cat', code(5), false), 'warn', 'exited: cat (exit status 5; not expected)'],
    [lines.exited('cat', signal(9), false), 'warn', 'exited: cat (terminated by SIGKILL; not expected)'],
    [lines.gaveUp('cat'), 'info', 'gave up: cat entered FATAL state, too many start retries too quickly'],
    [lines.stopped('cat', signal(15), false), 'warn', 'stopped: cat (terminated by SIGTERM)'],
    [lines.killing('cat', 12, 'TERM', false), 'debug', 'killing cat (pid 12) with signal SIGTERM'],
    [lines.killing('cat', 12, 'QUIT', true), 'debug', 'killing cat (pid 12) process group with signal SIGQUIT'],
    [lines.overranStop('cat', 12), 'warn', "killing 'cat' (12) with SIGKILL"],
    [lines.sending('cat', 12, 'HUP'), 'debug', 'sending cat (pid 12) sig SIGHUP'],
    [lines.waitingToDie(['a', 'b']), 'info', 'waiting for a, b to die'],
    [lines.waitingToStop('cat'), 'info', 'waiting for cat to stop'],
    [lines.startWhileUp('cat'), 'warn', "process 'cat' already running"],
  ])('%j', (line, level, text) => {
    expect(line).toEqual({ level, text });
  });

  it.each([
    [code(3), 'exit status 3'],
    [signal(6), 'terminated by SIGABRT'],
    [signal(11, true), 'terminated by SIGSEGV (core dumped)'],
    [signal(35), 'terminated by signal 35'],
    [{ kind: 'unknown' } as const, 'unknown termination cause'],
  ])('%j is told as %s', (exit, text) => {
    expect(lines.describeExit(exit)).toBe(text);
  });
});
