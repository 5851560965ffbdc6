/** A program of ours as a child process of the test: the real launcher, the real signals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../tidy/source-tree.ts';

export const bin = (name: 'fleet-agent' | 'fleet-controller' | 'fleetctl'): string =>
  join(root, 'node_modules/.bin', name);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export interface LaunchOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it gets as descriptor 30 besides the usual three, as from a careless parent. */
  readonly descriptor30?: number;
}

/** Starts a program; the caller ends it. */
export function launch(command: string, args: readonly string[], options: LaunchOptions = {}): Running {
  const beyond = options.descriptor30 === undefined ? [] : [...Array(27).fill('ignore'), options.descriptor30];
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...beyond],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (data: string) => (text.stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (text.stderr += data));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  return {
    pid: child.pid,
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs a program to its end. */
export function runToEnd(command: string, args: readonly string[], options: LaunchOptions = {}): Promise<Ended> {
  return launch(command, args, options).ended;
}
