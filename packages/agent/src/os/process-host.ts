/** Starts real programs, collects their output and signals them: the operating system as supervision sees it. */
import { closeSync } from 'node:fs';
import { type ProcessSpec, pythonRepr } from '@fleetvisor/config';
import { type Clock, FleetError, messageOf } from '@fleetvisor/primitives';
import { LastBytes } from '../logs/last-bytes.ts';
import type { ProcessLogFiles, RunOutput } from '../logs/process-log-files.ts';
import { ReadPacer } from '../logs/read-pacer.ts';
import { nowhere, type StreamSink } from '../logs/stream-sink.ts';
import type {
  Adoption,
  KnownChild,
  Launch,
  LookUpFailure,
  ProcessHost,
  SignalOutcome,
  StartedChild,
  StartFailure,
  StdinOutcome,
} from '../supervision/ports.ts';
import type { Exit } from '../supervision/process/exit.ts';
import { AdoptedChildren } from './adopted-children.ts';
import { ownChild } from './child-handle.ts';
import { adoptChildPipes, type ChildPipes, closeChildEnds, discardChildPipes, openChildPipes } from './child-pipes.ts';
import { type ChildUser, decideChildUser } from './child-user.ts';
import { childEnvironment, searchPath } from './environment.ts';
import { errnoOf, isOutOfDescriptors } from './errno.ts';
import type { FcgiSockets, SocketShare } from './fcgi-sockets.ts';
import { type FifoPool, openFifoPool } from './fifo-pool.ts';
import type { HandedRun, HandedRuns } from './handed-run.ts';
import { InheritedChildren } from './inherited-children.ts';
import { isOurChild } from './known-child.ts';
import { readProcStat } from './proc-stat.ts';
import { type ResolvedCommand, resolveCommand } from './resolve-command.ts';
import { Run, type RunParts } from './run.ts';
import { runLabel, runLabelOf } from './run-label.ts';
import { RunTable } from './run-table.ts';
import { sendSignal } from './signals.ts';
import { startChild } from './start-child.ts';
import { toolsPath } from './tools-path.ts';
import type { Users } from './users.ts';

export interface ProcessHostOptions {
  /** For the programs' pipes; the host's own: made when missing, emptied when not. */
  readonly pipeFolder: string;
  /** What children inherit (`inheritedEnvironment`). */
  readonly environment: Readonly<Record<string, string>>;
  /** For SUPERVISOR_SERVER_URL of the next child; undefined when no server listens. */
  readonly serverUrl: () => string | undefined;
  readonly logs: ProcessLogFiles;
  readonly users: Users;
  readonly fcgiSockets: FcgiSockets;
  readonly clock: Clock;
  /** Pipes of a run that has ended wait for `releasePipes`; without it they are removed at once. */
  readonly onPipesDiscarded?: () => void;
  /** Something of an adopted run cannot be had. */
  readonly onTrouble?: (message: string) => void;
  /** Runs of an earlier agent that will be adopted, by the labels of their pipes; none unless told. */
  readonly adopting?: ReadonlySet<string>;
  /** What an earlier life of the agent in this process has handed on of these. */
  readonly handed?: HandedRuns | undefined;
}

/** How much of a run's last output is kept for crash records. */
const LAST_OUTPUT_BYTES = 4 * 1024;

/** @throws FleetError `unavailable` when the pipe folder cannot be used */
export function openProcessHost(options: ProcessHostOptions): LocalProcessHost {
  const { pipeFolder, adopting, handed, onPipesDiscarded } = options;
  const hasStock = handed !== undefined;
  const keeps = (name: string) => adopting?.has(runLabelOf(name)) === true;
  return new LocalProcessHost(
    options,
    openFifoPool({ folder: pipeFolder, keeps, hasStock, ...(onPipesDiscarded && { onDiscarded: onPipesDiscarded }) }),
  );
}

export class LocalProcessHost implements ProcessHost, AsyncDisposable {
  readonly #options: ProcessHostOptions;
  readonly #pool: FifoPool;
  readonly #pacer: ReadPacer;
  readonly #runs = new RunTable();
  readonly #adopted: AdoptedChildren;
  readonly #inherited = new InheritedChildren();
  #setpriv: string | undefined;

  /** Use `openProcessHost`. */
  constructor(options: ProcessHostOptions, pool: FifoPool) {
    this.#options = options;
    this.#pool = pool;
    this.#pacer = new ReadPacer(options.clock);
    this.#adopted = new AdoptedChildren(options.clock);
  }

  lookUp(spec: ProcessSpec): LookUpFailure | undefined {
    const command = this.#resolve(spec);
    return command.kind === 'resolved' ? undefined : command;
  }

  start(launch: Launch, onExit: (exit: Exit) => void): StartedChild | StartFailure {
    const { spec } = launch;
    const command = this.#resolve(spec);
    if (command.kind !== 'resolved') return { kind: 'failed', spawnError: command.spawnError };
    const user = this.#userOf(spec);
    const last = new LastBytes(LAST_OUTPUT_BYTES);
    let childPid = 0;
    const opened = this.#openStreams(launch, user, { last, pid: () => childPid });
    if (opened.kind === 'failed') return opened;
    const { pipes, socket, stdout, stderr } = opened;
    const env = childEnvironment(this.#options.environment, spec, this.#options.serverUrl());
    const setpriv = user.kind === 'other' ? this.#findSetpriv() : undefined;
    const started = startChild({ spec, command, user, env, childEnds: pipes.childEnds, setpriv });
    closeChildEnds(pipes);
    if (started.kind === 'failed') {
      discardChildPipes(this.#pool, pipes);
      for (const sink of [stdout, stderr]) sink?.close();
      socket?.[Symbol.dispose]();
      return started;
    }
    childPid = started.pid;
    const child = ownChild(started.child, started.pid);
    this.#begin(launch, { child, pipes, socket, stdout, stderr, last }, onExit);
    return { kind: 'started', pid: started.pid };
  }

  adopt(launch: Launch, known: KnownChild | undefined, onExit: (exit: Exit) => void): Adoption {
    const { spec } = launch;
    const label = runLabel(launch);
    const handed = this.#options.handed?.[label];
    const isOurs = known !== undefined && isOurChild(known);
    const child = isOurs ? this.#inherited.handleOf(known) : this.#adopted.handleOf(known);
    const hadEnded = !child.isThere();
    const last = new LastBytes(LAST_OUTPUT_BYTES);
    if (handed !== undefined) last.add(handed.lastOutput);
    const { redirectStderr, fcgiSocket } = spec;
    const { pid } = child;
    const pipes = adoptChildPipes(this.#pool, {
      ...{ label, pid, redirectStderr, handed },
      hasSocket: fcgiSocket !== undefined,
    });
    const { stdout, stderr } = this.#openLogs(spec, { last, pid: () => pid }, handed);
    const socket = hadEnded ? undefined : this.#options.fcgiSockets.takeOver(spec, pid);
    const stdinWaiting = handed?.stdin?.waiting;
    this.#begin(launch, { child, pipes, socket, stdout, stderr, last, stdinWaiting }, onExit);
    return { hadEnded };
  }

  identify(launch: Launch): KnownChild | undefined {
    return this.#runs.find(launch)?.identify();
  }

  signal(launch: Launch, signal: string, toGroup: boolean): SignalOutcome {
    return this.#runs.find(launch)?.signal(signal, toGroup) ?? { kind: 'gone' };
  }

  signalGroup(leader: number, signal: string): SignalOutcome {
    // A group keeps its number as long as it has a member. If the number has a process again, there was none left.
    return readProcStat(leader) === undefined ? sendSignal(leader, signal, true) : { kind: 'gone' };
  }

  collectOutput(launch: Launch): void {
    this.#runs.find(launch)?.collectOutput();
  }

  lastOutput(launch: Launch): Uint8Array {
    return this.#runs.find(launch)?.lastOutput() ?? new Uint8Array();
  }

  /** Writes to the child's stdin; a chunk is taken whole or not at all. */
  writeStdin(launch: Launch, chunk: Uint8Array): StdinOutcome {
    return this.#runs.find(launch)?.writeStdin(chunk) ?? 'closed';
  }

  /** All that can be adopted has been. */
  endAdoption(): void {
    this.#pool.dropKept();
    const taken = new Set(this.#runs.entries().map(([launch]) => runLabel(launch)));
    for (const [label, { stdin, stdout, stderr }] of Object.entries(this.#options.handed ?? {})) {
      if (!taken.has(label)) for (const end of [stdin, stdout, stderr]) if (end !== undefined) closeSync(end.fd);
    }
  }

  /** Whether it is a child that this process has made as another program, and whose end is waited for here. */
  awaits(pid: number): boolean {
    return this.#inherited.has(pid);
  }

  /** Resolves when no helper of ours runs. */
  settled(): Promise<void> {
    return this.#pool.settled();
  }

  /** All runs that go on, for another life of the agent in this process. */
  handOver(): HandedRuns {
    const runs = this.#runs.entries().map(([launch, run]) => {
      run.collectOutput();
      return [runLabel(launch), run.handOver()] as const;
    });
    return Object.fromEntries(runs.filter((entry): entry is readonly [string, HandedRun] => entry[1] !== undefined));
  }

  /** As `FifoPool.release`. */
  releasePipes(): (isDone: boolean) => void {
    return this.#pool.release();
  }

  /** Lets go of everything. Programs that run go on, and keep their pipes: stopping them is another verb. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs.all()) run.leave();
    this.#adopted[Symbol.dispose]();
    this.#inherited[Symbol.dispose]();
    await this.#pool[Symbol.asyncDispose]();
  }

  #begin(launch: Launch, parts: Omit<RunParts, 'isStdoutAwaited'>, onExit: (exit: Exit) => void): void {
    const around = { clock: this.#options.clock, pool: this.#pool, pacer: this.#pacer };
    const isStdoutAwaited = launch.spec.kind === 'eventlistener';
    this.#runs.add(launch, new Run({ ...parts, isStdoutAwaited }, around, onExit));
  }

  #resolve(spec: ProcessSpec): ResolvedCommand | LookUpFailure {
    return resolveCommand(spec.command, searchPath(this.#options.environment, spec));
  }

  #userOf(spec: ProcessSpec): ChildUser {
    return decideChildUser(spec.user, (wanted) => this.#options.users.findUser(wanted), process.getuid?.() ?? 0);
  }

  #findSetpriv(): string | undefined {
    if (this.#setpriv !== undefined) return this.#setpriv;
    const found = resolveCommand('setpriv', toolsPath(this.#options.environment.PATH));
    if (found.kind === 'resolved') this.#setpriv = found.file;
    return this.#setpriv;
  }

  /** The logs of a run of an earlier agent. Where one cannot be had its output goes nowhere: the program runs, all the same. */
  #openLogs(spec: ProcessSpec, output: RunOutput, handed: HandedRun | undefined): Pick<Streams, 'stdout' | 'stderr'> {
    const { logs, onTrouble } = this.#options;
    const open = (stream: 'stdout' | 'stderr', isShown: boolean): StreamSink => {
      try {
        const last = isShown ? output.last : undefined;
        return logs.openStream(spec, stream, { ...output, last, saved: handed?.[stream]?.saved });
      } catch (thrown) {
        onTrouble?.(`cannot open the ${stream} log of '${spec.name}': ${messageOf(thrown)}; what it writes is lost`);
        return nowhere;
      }
    };
    const { redirectStderr } = spec;
    const stdout = open('stdout', redirectStderr);
    return { stdout, stderr: redirectStderr ? undefined : open('stderr', true) };
  }

  /** The descriptors of a run and what is behind them; on failure nothing of it is left. */
  #openStreams(launch: Launch, user: ChildUser, { last, pid }: RunOutput): Streams | StartFailure {
    const { spec } = launch;
    const { logs, fcgiSockets } = this.#options;
    using undo = new DisposableStack();
    const open = (stream: 'stdout' | 'stderr', remembered: LastBytes | undefined): StreamSink =>
      undo.adopt(logs.openStream(spec, stream, { last: remembered, pid }), (sink) => sink.close());
    try {
      const { redirectStderr } = spec;
      const socket = undo.use(fcgiSockets.share(spec));
      const stdout = open('stdout', redirectStderr ? last : undefined);
      const stderr = redirectStderr ? undefined : open('stderr', last);
      const owner = user.kind === 'other' ? user.user : undefined;
      const wishes = { redirectStderr, owner, socket: socket?.fd };
      const pipes = openChildPipes(this.#pool, runLabel(launch), wishes);
      undo.move();
      return { kind: 'opened', pipes, socket, stdout, stderr };
    } catch (thrown) {
      return { kind: 'failed', spawnError: streamError(spec, thrown) };
    }
  }
}

interface Streams {
  readonly kind: 'opened';
  readonly pipes: ChildPipes;
  /** Undefined for all but FastCGI programs. */
  readonly socket: SocketShare | undefined;
  readonly stdout: StreamSink;
  readonly stderr: StreamSink | undefined;
}

/** Supervisor calls pipes and logs its dispatchers. */
function streamError(spec: ProcessSpec, thrown: unknown): string {
  // Ours say what it was: Supervisor has no words for a socket that is in use by then, it ends.
  if (thrown instanceof FleetError) return thrown.message;
  const name = pythonRepr(spec.name);
  const errno = errnoOf(thrown);
  if (isOutOfDescriptors(errno)) return `too many open files to spawn ${name}`;
  return `unknown error making dispatchers for ${name}: ${errno}`;
}
