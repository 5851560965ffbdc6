/** A supervisor under measurement: ours, and supervisord where it is installed, on the same files. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds, isAlive } from '../support/proc.ts';
import { bin } from '../support/program.ts';

export interface Subject {
  readonly name: string;
  /** The command that runs a config file in the foreground. */
  command(conf: string, folder: string): readonly string[];
}

export const ours: Subject = {
  name: 'fleet-agent',
  command: (conf, folder) => [bin('fleet-agent'), 'run', '-c', conf, '--data-dir', join(folder, 'data')],
};

export const supervisord: Subject = {
  name: 'supervisord',
  command: (conf) => ['supervisord', '-n', '-c', conf],
};

/** Ours, and supervisord when there is one to compare with. */
export function subjects(): readonly Subject[] {
  const peer = spawnSync('supervisord', ['--version'], { stdio: 'ignore' });
  return peer.status === 0 ? [ours, supervisord] : [ours];
}

export class Daemon implements AsyncDisposable {
  readonly folder: string;
  readonly conf: string;
  readonly pid: number;
  readonly #ended: Promise<unknown>;
  readonly #kill: (signal: NodeJS.Signals) => void;

  constructor(subject: Subject, programs: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'bench-'));
    this.conf = join(this.folder, 'supervisord.conf');
    // Five descriptors a program, of 1000 programs.
    const head = `[supervisord]\nlogfile=${this.folder}/main.log\npidfile=${this.folder}/pid\nchildlogdir=${this.folder}\nminfds=6000\n`;
    writeFileSync(this.conf, `${head}${programs.replaceAll('%FOLDER%', this.folder)}`);
    const [command = '', ...args] = subject.command(this.conf, this.folder);
    const child = spawn(command, args, { stdio: 'ignore', cwd: this.folder });
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    this.#kill = (signal) => child.kill(signal);
    if (child.pid === undefined) throw new Error(`cannot start ${command}`);
    this.pid = child.pid;
  }

  /** Pids of living children of the daemon itself, as the kernel lists them. */
  children(): readonly number[] {
    return this.#listed().filter(isAlive);
  }

  /** Seconds of CPU, user and system, of the daemon alone. */
  cpuSeconds(): number {
    return cpuSeconds(this.pid);
  }

  /** Looks at their number alone: to look at each would take the time of the one that is measured. */
  async untilChildren(count: number): Promise<void> {
    while (this.#listed().length < count) await wait(1);
  }

  /** Resolves when it and its programs are gone. */
  async end(): Promise<void> {
    this.#kill('SIGTERM');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #listed(): readonly number[] {
    try {
      const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
      return text.split(' ').filter(Boolean).map(Number);
    } catch {
      return []; // not yet, or gone
    }
  }
}

/** Milliseconds since an instant taken with process.hrtime.bigint(). */
export function msSince(begun: bigint): number {
  return Number(process.hrtime.bigint() - begun) / 1e6;
}
