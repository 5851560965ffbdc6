/** The shell of supervision, as its users see it: process groups that can be added, changed, started and stopped. */
import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import type { Clock, Instant } from '@fleetvisor/primitives';
import type { EventSink } from '../events/event.ts';
import type { TargetResult } from './action.ts';
import type { GenerationRef } from './generation.ts';
import type { MainLog } from './main-log-lines.ts';
import type { PlannedAction } from './plan-action.ts';
import type { LookUpFailure, ProcessHost, ProcessLogs, StdinOutcome } from './ports.ts';
import type { Transition } from './process/effect.ts';
import type { LeftRecord, ProcessRecord } from './process-record.ts';
import type { Layer, ProcessName, ProcessStatus } from './status.ts';
import type { StragglingGroup } from './stragglers.ts';

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly host: ProcessHost;
  readonly logs: ProcessLogs;
  readonly mainLog: MainLog;
  readonly events: EventSink;
  /** The desired state that runs, for crash records. */
  readonly generation?: () => GenerationRef | undefined;
  /**
   * Asked at a shutdown, and when a layer is cleared, for each process group but the first: what it still has to do before
   * it is stopped, such as to hear of the end of the others. Bounded by whoever answers.
   */
  readonly beforeStop?: (group: string) => Promise<void>;
  /** Runs something once pending I/O has been seen to; setImmediate unless told otherwise. */
  readonly defer?: (run: () => void) => void;
}

/** What a subscriber hears; each is called after the fact, in order, and never inside a call it made itself. */
export interface SupervisorListener {
  /** Something of its status is new: ask `status` when it suits. In a storm this comes often, so it carries no value. */
  statusChanged?(process: ProcessName): void;
  processRemoved?(process: ProcessName): void;
  groupAdded?(group: string, layer: Layer, spec: ProcessGroupSpec): void;
  groupRemoved?(group: string, layer: Layer): void;
  /** Its priority, its order or its members are others. */
  groupReshaped?(group: string): void;
  /** It has ended while no agent lived: what its run wrote last may be lost. */
  outputLost?(process: ProcessName): void;
  /** Every transition, also those that a hot crash loop keeps out of the event record. */
  transition?(process: ProcessName, transition: Transition): void;
}

/** A process group that exists, and where its definition lives. */
export interface ActiveGroup {
  readonly spec: ProcessGroupSpec;
  readonly layer: Layer;
}

export interface AddGroupOptions {
  /** A person stopped it in an earlier life of the agent: it stays down. */
  readonly stoppedByHand?: (process: ProcessName) => boolean;
  /** How an earlier life of the agent left it, that did not end in an orderly way: it goes on from there. */
  readonly left?: (process: ProcessName) => LeftRecord | undefined;
  /** It was there in an earlier life of the agent, as it is. */
  readonly goesOn?: boolean;
}

/** What came of a start; the words are Supervisor's faults. */
export type StartResult =
  | 'started'
  | 'already-started'
  | 'no-file'
  | 'not-executable'
  | 'spawn-error'
  | 'abnormal-termination'
  /** Only for a plan: a person has stopped it. */
  | 'held'
  | 'unknown-state'
  | 'shutting-down'
  | 'no-such-process';

export type StopResult = 'stopped' | 'not-running' | 'no-such-process';

export type SignalResult = 'signalled' | 'not-running' | 'failed' | 'no-such-process';

export type SendStdinResult = StdinOutcome | 'not-running' | 'no-such-process';

/** An applied step: the change stands once the promise of it resolves. */
export interface Applied {
  /** What became of the processes that had to stop, or were left as they are. */
  readonly results: readonly TargetResult[];
  /** Resolves once every process it started has come up or failed to; never rejects. */
  readonly settled: Promise<readonly TargetResult[]>;
}

export interface Supervisor extends AsyncDisposable {
  /**
   * Adds a process group; its autostart processes start as soon as pending I/O has been seen to, those of groups added
   * together in the order in which they were added (`byPriority` of order.ts sorts groups as Supervisor does).
   * @throws FleetError `conflict` when a group of that name is active, `unavailable` during shutdown.
   */
  addGroup(spec: ProcessGroupSpec, layer: Layer, options?: AddGroupOptions): void;
  /** @throws FleetError `not_found`, or `conflict` while a process of it is not stopped. */
  removeGroup(name: string): void;
  /**
   * Carries out one step of a plan, stopping by its stop order whatever it must. Never marks anything as stopped by hand.
   * @throws FleetError as addGroup; a step on what is gone by now is `not_found`.
   */
  apply(action: PlannedAction, layer: Layer): Promise<Applied>;
  /**
   * Stops the groups of a layer as a shutdown does, and removes them once all are stopped; nothing of the layer starts
   * meanwhile. Afterwards groups can be added to it again: what a reload is made of.
   */
  clearLayer(layer: Layer): Promise<void>;
  /** In the order in which they were added. */
  groups(): readonly ActiveGroup[];

  /** By start order of their groups. */
  processNames(): readonly ProcessName[];
  spec(process: ProcessName): ProcessSpec | undefined;
  status(process: ProcessName): ProcessStatus | undefined;
  /** What another life of the agent could go on with. */
  record(process: ProcessName): ProcessRecord | undefined;
  /** All, sorted by group and name, as Supervisor's status is. */
  snapshot(): readonly ProcessStatus[];

  /** Why the command of a process cannot be started as things stand; undefined when it could, or when there is no such process. */
  lookUp(process: ProcessName): LookUpFailure | undefined;
  /** Starts a process and resolves once it is RUNNING or has failed; with `wait` false once its launch is asked for. */
  start(process: ProcessName, options?: { readonly wait?: boolean }): Promise<StartResult>;
  /** Stops a process and resolves once it is in the stopped set; with `wait` false at once. @param byHand a person wants it down */
  stop(process: ProcessName, options: { readonly byHand: boolean; readonly wait?: boolean }): Promise<StopResult>;
  /** Sends a signal (normal name without SIG) to the child alone. */
  signal(process: ProcessName, signal: string): SignalResult;
  /** Writes to the stdin of a process that runs; a chunk is taken whole or not at all. */
  sendStdin(process: ProcessName, chunk: Uint8Array): SendStdinResult;
  /** Makes sure that whatever a process has written by now is in its logs: for whoever is about to read them. */
  collectOutput(process: ProcessName): void;
  /** Empties the logs of a process; false when there is no such process. @throws FleetError `unavailable` */
  clearLogs(process: ProcessName): boolean;

  /** Process groups whose leader has obeyed a stop, and that are killed in their time. */
  stragglers(): readonly StragglingGroup[];
  /** Those of an earlier life of the agent. */
  watchStragglers(groups: readonly StragglingGroup[]): void;

  /** @returns ends the subscription. */
  subscribe(listener: SupervisorListener): () => void;
  /**
   * Stops everything, group by group in shutdown order, and resolves once nothing of it runs. Nothing starts from now on.
   * Asking again joins the first.
   */
  shutdown(): Promise<void>;
  /** What was kept back of a crash loop is told now: nobody will be there to tell it later. */
  tellHeldBack(): void;
  readonly isShuttingDown: boolean;
  /** When the next timer is due; undefined when nothing waits. For tests and health. */
  readonly nextDeadline: Instant | undefined;
}
