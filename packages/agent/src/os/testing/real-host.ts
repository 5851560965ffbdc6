/** A process host on the real system in a folder of its own, for tests: with the logs as they are in the engine. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogSpec, LogTarget, ProcessSpec } from '@fleetvisor/config';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import { LogFiles } from '../../logs/log-files.ts';
import type { OutputAudience } from '../../logs/output-chain.ts';
import { ProcessLogFiles } from '../../logs/process-log-files.ts';
import type { Launch, StartedChild, StartFailure } from '../../supervision/ports.ts';
import type { Exit } from '../../supervision/process/exit.ts';
import { runId } from '../../supervision/process/state.ts';
import { processSpec } from '../../supervision/testing/specs.ts';
import { inheritedEnvironment } from '../environment.ts';
import { FcgiSockets } from '../fcgi-sockets.ts';
import { choosePipeFolder } from '../pipe-folder.ts';
import { type LocalProcessHost, openProcessHost } from '../process-host.ts';
import { Users } from '../users.ts';

export interface RealHost extends AsyncDisposable {
  readonly host: LocalProcessHost;
  readonly files: LogFiles;
  readonly logs: ProcessLogFiles;
  readonly folder: string;
  /** Where its pipes are. */
  readonly pipeFolder: string;
  /** What the log room and the sockets reported. */
  readonly reports: readonly string[];
  /** Starts a run of the program and remembers it, to kill what is left at the end. */
  run(spec: ProcessSpec): RealRun;
  /** Text of a file in the folder; empty when there is none. */
  read(name: string): string;
}

export interface RealRun {
  readonly launch: Launch;
  readonly started: StartedChild | StartFailure;
  readonly exit: Promise<Exit>;
  /** The pid; throws when the start failed. */
  readonly pid: number;
}

export interface RealHostOptions {
  readonly stripAnsi?: boolean;
  readonly serverUrl?: string;
  /** Who hears of output besides the logs. */
  readonly audience?: Partial<OutputAudience>;
}

export function openRealHost(options: RealHostOptions = {}): RealHost {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-host-'));
  const reports: string[] = [];
  const files = new LogFiles((level, message) => reports.push(`${level}: ${message}`));
  const settings = { childlogdir: folder, identifier: 'test', stripAnsi: options.stripAnsi ?? false };
  const logs = new ProcessLogFiles(files, settings, systemRandom, options.audience);
  const pipeFolder = choosePipeFolder(folder);
  const users = new Users(systemClock);
  const host = openProcessHost({
    pipeFolder,
    environment: inheritedEnvironment(process.env),
    serverUrl: () => options.serverUrl,
    logs,
    users,
    fcgiSockets: new FcgiSockets(users, (level, message) => reports.push(`${level}: ${message}`)),
    clock: systemClock,
  });
  const runs: { launch: Launch; exit: Promise<Exit> }[] = [];
  return {
    host,
    files,
    logs,
    folder,
    pipeFolder,
    reports,
    run: (spec) => {
      const launch: Launch = { spec, run: runId(runs.length + 1) };
      const { promise: exit, resolve } = Promise.withResolvers<Exit>();
      const started = host.start(launch, resolve);
      if (started.kind === 'started') runs.push({ launch, exit });
      return {
        launch,
        started,
        exit,
        get pid() {
          if (started.kind === 'started') return started.pid;
          throw new Error(`it did not start: ${started.spawnError}`);
        },
      };
    },
    read: (name) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
    [Symbol.asyncDispose]: async () => {
      for (const { launch } of runs) host.signal(launch, 'KILL', true);
      await Promise.all(runs.map(({ exit }) => exit));
      await host[Symbol.asyncDispose]();
      for (const path of [folder, pipeFolder]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A program with Supervisor's defaults and no logs, but for what the test says. */
export function programSpec(command: string, over: Partial<ProcessSpec> = {}): ProcessSpec {
  const group = over.name ?? 'prog';
  const silent = logSpec({ kind: 'none' });
  return processSpec('prog', { group, program: group, command, stdout: silent, stderr: silent, ...over });
}

export function logSpec(target: LogTarget, over: Partial<LogSpec> = {}): LogSpec {
  const off = { captureMaxBytes: 0, eventsEnabled: false, syslog: false };
  return { target, maxBytes: 0, backups: 0, ...off, ...over };
}

/** A log in a file. */
export function logTo(path: string, over: Partial<LogSpec> = {}): LogSpec {
  return logSpec({ kind: 'file', path }, over);
}
