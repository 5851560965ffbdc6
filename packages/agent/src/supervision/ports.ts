/** What supervision needs of the world, in its own words. Adapters in os/ and logs/ implement it; tests have twins. */
import type { ProcessSpec } from '@fleetvisor/config';
import type { Exit } from './process/exit.ts';
import type { RunId } from './process/state.ts';

/** A child that has been started. */
export interface StartedChild {
  readonly kind: 'started';
  /** Its own until its exit has been told: nobody else can reap it. */
  readonly pid: number;
}

/** No child was made. */
export interface StartFailure {
  readonly kind: 'failed';
  /** Supervisor's spawnerr text, e.g. `can't find command 'foo'`. */
  readonly spawnError: string;
}

/** A command that cannot be started as things stand; the texts are Supervisor's. */
export interface LookUpFailure {
  /** Supervisorctl tells the two apart: `no such file`, `file is not executable`. */
  readonly kind: 'noFile' | 'notExecutable';
  readonly spawnError: string;
}

export type SignalOutcome =
  | { readonly kind: 'sent' }
  /** There is no such process any more; its exit is on its way. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

/** One launch of one process: what its exit is told against. */
export interface Launch {
  readonly spec: ProcessSpec;
  readonly run: RunId;
}

export interface Adoption {
  /** It had ended by then: what it wrote last is lost, if nobody has read it. */
  readonly hadEnded: boolean;
}

/** What came of a write to a child's stdin. */
export type StdinOutcome =
  /** Taken whole; it arrives as soon as the child reads. */
  | 'taken'
  /** Not taken: the child does not read, and enough waits for it already. */
  | 'full'
  /** The child has no stdin of ours, has closed it, or is gone. */
  | 'closed';

/** A child as the system knows it. */
export interface KnownChild {
  readonly pid: number;
  /** When it began, in clock ticks since the machine started: what tells it from a later process of the same number. */
  readonly startTicks: bigint;
}

/** Starts children and signals them. */
export interface ProcessHost {
  /** Whether the command could be started now, without starting it: the look-up that `start` does first; undefined when it could. */
  lookUp(spec: ProcessSpec): LookUpFailure | undefined;
  /**
   * Starts the child now; returns as soon as it has a pid.
   * @param onExit called once, after every byte the run wrote before it died is in its log. Never called when the start failed.
   */
  start(launch: Launch, onExit: (exit: Exit) => void): StartedChild | StartFailure;
  /**
   * Takes over a child that an earlier life of the agent has started: from now on it is as one that was started here, and
   * what it writes goes on into its logs.
   * @param child undefined: nobody can tell any more which process it was
   * @param onExit as of `start`, and never called inside of this call. The exit of a child that is no longer ours to wait
   *   for is `unknown`.
   */
  adopt(launch: Launch, child: KnownChild | undefined, onExit: (exit: Exit) => void): Adoption;
  /** The child of a run, for whoever shall find it again; undefined when there is none. */
  identify(launch: Launch): KnownChild | undefined;
  /**
   * @param signal normal name without SIG; '0' only asks whether there is anybody.
   * @param toGroup to the whole process group that the child leads, instead of to the child alone.
   */
  signal(launch: Launch, signal: string, toGroup: boolean): SignalOutcome;
  /**
   * The same to what is left of a process group whose leader has ended: `gone` when nobody is, or when the group may be
   * somebody else's by now.
   * @param leader its pid, which is the number of the group
   */
  signalGroup(leader: number, signal: string): SignalOutcome;
  /** Writes to the child's stdin; a chunk is taken whole or not at all. */
  writeStdin(launch: Launch, chunk: Uint8Array): StdinOutcome;
  /** Takes into its logs what the run has written up to now; nothing where it has ended, whose output is there already. */
  collectOutput(launch: Launch): void;
  /** The last lines the run wrote to stderr (stdout where stderr is redirected): at most 4 KiB, for crash records. */
  lastOutput(launch: Launch): Uint8Array;
}

/** The logs of the processes, apart from writing them. */
export interface ProcessLogs {
  /** Where the stream of a process goes; undefined when it goes to no file. AUTO is resolved. */
  pathOf(spec: ProcessSpec, stream: 'stdout' | 'stderr'): string | undefined;
  /** Empties both logs of the process, whether it runs or not. @throws FleetError `unavailable` */
  clear(spec: ProcessSpec): void;
  /** A process has been given another spec: AUTO files stay its own, and maxbytes and backups hold for the run under way. */
  adjust(spec: ProcessSpec): void;
}
