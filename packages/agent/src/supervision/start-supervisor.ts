/** Puts the shell of supervision together: table, deadlines, event record, shutdown. */
import { type Clock, FleetError, type Instant } from '@fleetvisor/primitives';
import { ProcessEvents } from '../events/process-events.ts';
import { Announcements } from './announcements.ts';
import { applyAction } from './apply-action.ts';
import { Deadlines } from './deadlines.ts';
import { requestOrder } from './order.ts';
import type { PlannedAction } from './plan-action.ts';
import type { Launch } from './ports.ts';
import type { Crash } from './process/effect.ts';
import { type ProcessGroup, ProcessTable } from './process-table.ts';
import { type RequestWorld, signalProcess, startProcess, stopProcess } from './requests.ts';
import { stopInOrder } from './shutdown.ts';
import type { Layer, ProcessName, ProcessStatus } from './status.ts';
import { statusOf } from './status-of.ts';
import { Stragglers, type StragglingGroup } from './stragglers.ts';
import type { ProcessWorld, SupervisedProcess } from './supervised-process.ts';
import type { Applied, Supervisor, SupervisorListener, SupervisorOptions } from './supervisor.ts';

/** A supervisor without process groups; nothing happens before one is added. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  return new RunningSupervisor(options);
}

class RunningSupervisor implements Supervisor {
  isShuttingDown = false;
  readonly #options: SupervisorOptions;
  readonly #deadlines: Deadlines;
  readonly #processEvents: ProcessEvents;
  readonly #announcements: Announcements;
  readonly #stragglers: Stragglers;
  readonly #table: ProcessTable;
  readonly #requests: RequestWorld;
  /** Layers that are being stopped to be begun anew. */
  readonly #clearing = new Set<Layer>();
  #shutdown: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    const { clock, host, mainLog, events } = options;
    this.#options = options;
    this.#deadlines = new Deadlines(clock, options.defer ?? ((run) => void setImmediate(run)));
    const schedule: Clock['schedule'] = (at, run) => this.#deadlines.schedule(at, run);
    this.#processEvents = new ProcessEvents(clock, schedule, events);
    this.#announcements = new Announcements(events, this.#processEvents, mainLog);
    this.#requests = { clock, schedule, host, mainLog };
    this.#stragglers = new Stragglers({ clock, host, schedule, onKilled: (left) => this.#groupKilled(left) });
    this.#table = new ProcessTable(this.#worldOfProcesses(), {
      groupAdded: (spec, layer, goesOn) => {
        this.#announcements.add({ kind: 'groupAdded', group: spec.name, layer, spec, goesOn });
        // At once: a pool of listeners must be there before the runs that go on in it.
        this.#announcements.deliver();
      },
      groupRemoved: (group, layer) => this.#announcements.add({ kind: 'groupRemoved', group, layer }),
      groupReshaped: (group) => this.#announcements.add({ kind: 'groupReshaped', group }),
      processAdded: (process) => this.#announcements.add({ kind: 'statusChanged', process }),
      processRemoved: (process) => this.#announcements.add({ kind: 'processRemoved', process }),
    });
  }

  addGroup(...[spec, layer, options]: Parameters<Supervisor['addGroup']>): void {
    this.#refuseDuringShutdown(`add process group ${spec.name}`, layer);
    this.#table.addGroup(spec, layer, options);
    this.#announcements.deliver();
  }

  removeGroup(name: string): void {
    this.#table.removeGroup(name);
    this.#announcements.deliver();
  }

  async apply(action: PlannedAction, layer: Layer): Promise<Applied> {
    this.#refuseDuringShutdown('change the configuration', layer);
    try {
      return await applyAction(this.#requests, this.#table, action, layer);
    } finally {
      this.#announcements.deliver();
    }
  }

  async clearLayer(layer: Layer): Promise<void> {
    const ofLayer = () => this.#table.groups().filter((group) => group.layer === layer);
    this.#clearing.add(layer);
    try {
      // Not for what is left of their process groups, no more than where one process is stopped and started again.
      await this.#stopInOrder(ofLayer());
      for (const { spec } of ofLayer()) this.#table.removeGroup(spec.name);
    } finally {
      this.#clearing.delete(layer);
      this.#announcements.deliver();
    }
  }

  groups(): ReturnType<Supervisor['groups']> {
    return this.#table.effective();
  }

  processNames(): readonly ProcessName[] {
    return requestOrder(this.#table.groups()).map(({ name }) => name);
  }

  spec(name: ProcessName): ReturnType<Supervisor['spec']> {
    return this.#table.process(name)?.spec;
  }

  status(name: ProcessName): ProcessStatus | undefined {
    const process = this.#table.process(name);
    return process && this.#statusOf(process);
  }

  record(name: ProcessName): ReturnType<Supervisor['record']> {
    return this.#table.process(name)?.record();
  }

  snapshot(): readonly ProcessStatus[] {
    const sorted = this.#table.processes().toSorted((a, b) => compare(a.name, b.name));
    return sorted.map((process) => this.#statusOf(process));
  }

  lookUp(name: ProcessName): ReturnType<Supervisor['lookUp']> {
    const spec = this.spec(name);
    return spec && this.#options.host.lookUp(spec);
  }

  async start(...[name, options]: Parameters<Supervisor['start']>): ReturnType<Supervisor['start']> {
    const process = this.#table.process(name);
    return process ? startProcess(this.#requests, process, 'hand', options?.wait) : 'no-such-process';
  }

  async stop(...[name, options]: Parameters<Supervisor['stop']>): ReturnType<Supervisor['stop']> {
    const process = this.#table.process(name);
    if (process === undefined) return 'no-such-process';
    return stopProcess(this.#requests, process, options.byHand ? 'hand' : 'plan', options.wait);
  }

  signal(name: ProcessName, signal: string): ReturnType<Supervisor['signal']> {
    const process = this.#table.process(name);
    return process ? signalProcess(process, signal) : 'no-such-process';
  }

  sendStdin(name: ProcessName, chunk: Uint8Array): ReturnType<Supervisor['sendStdin']> {
    const process = this.#table.process(name);
    return process ? process.writeStdin(chunk) : 'no-such-process';
  }

  collectOutput(name: ProcessName): void {
    this.#table.process(name)?.collectOutput();
  }

  clearLogs(name: ProcessName): boolean {
    const spec = this.spec(name);
    this.collectOutput(name); // what was written before is not to come after
    if (spec !== undefined) this.#options.logs.clear(spec);
    return spec !== undefined;
  }

  stragglers(): readonly StragglingGroup[] {
    return this.#stragglers.all;
  }

  watchStragglers(groups: readonly StragglingGroup[]): void {
    for (const group of groups) this.#stragglers.watch(group);
  }

  subscribe(listener: SupervisorListener): () => void {
    return this.#announcements.subscribe(listener);
  }

  shutdown(): Promise<void> {
    // The flag stands before the first process is asked: nothing may come up behind the back of the shutdown.
    this.isShuttingDown = true;
    this.#shutdown ??= this.#stopEverything();
    return this.#shutdown;
  }

  tellHeldBack(): void {
    this.#processEvents.tellHeldBack();
  }

  get nextDeadline(): Instant | undefined {
    return this.#deadlines.nextAt;
  }

  /** Ends supervision, not the programs: they live on, and what they do is no longer heard. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#deadlines[Symbol.dispose]();
    for (const process of this.#table.processes()) process.remove();
    this.#processEvents[Symbol.dispose]();
  }

  #stopInOrder(groups: readonly ProcessGroup[]): Promise<void> {
    return stopInOrder({ ...this.#requests, beforeStop: this.#options.beforeStop }, groups);
  }

  async #stopEverything(): Promise<void> {
    await this.#stopInOrder(this.#table.groups());
    const left = new Set(this.#stragglers.all.map(({ process }) => process.name));
    if (left.size === 0) return;
    const text = `waiting for what is left of the process groups of ${[...left].join(', ')} to die`;
    this.#options.mainLog.log('info', text);
    await this.#stragglers.gone();
  }

  #worldOfProcesses(): ProcessWorld {
    const { clock, host, logs, mainLog } = this.#options;
    return {
      clock,
      host,
      logs,
      mainLog,
      deadlines: this.#deadlines,
      isShuttingDown: (process) => this.isShuttingDown || this.#isClearing(process),
      afterInput: ({ kind }) => {
        this.#announcements.deliver();
        // A restart waits for nothing but its turn; what starts by itself lets I/O go first.
        if (kind === 'exited' || kind === 'start') this.#deadlines.runDue();
      },
      onTransition: ({ name }, transition) =>
        this.#announcements.add({ kind: 'transition', process: name, transition }),
      onCrash: (process, crash, launch) => this.#announceCrash(process, crash, launch),
      onChanged: ({ name }) => this.#announcements.add({ kind: 'statusChanged', process: name }),
      onLeaderGone: (left) => this.#stragglers.watch(left),
      onOutputLost: ({ name }) => this.#announcements.add({ kind: 'outputLost', process: name }),
    };
  }

  #announceCrash({ name, facts: { startedAtUs } }: SupervisedProcess, crash: Crash, launch: Launch): void {
    const { host, generation } = this.#options;
    this.#announcements.add({
      kind: 'crash',
      process: name,
      exit: crash.exit,
      event: () => ({
        kind: 'crash',
        process: name,
        ...crash,
        startedAtUs,
        lastOutput: host.lastOutput(launch),
        lastOutputStream: launch.spec.redirectStderr ? 'stdout' : 'stderr',
        generation: generation?.(),
      }),
    });
  }

  #statusOf(process: SupervisedProcess): ProcessStatus {
    const { clock, logs } = this.#options;
    return statusOf(process, this.#table.layerOf(process.name), clock, logs);
  }

  #groupKilled({ process }: StragglingGroup): void {
    const text = `killing what is left of the process group of '${process.name}' with SIGKILL: it outlived its leader by stopwaitsecs`;
    this.#options.mainLog.log('warn', text);
  }

  #isClearing({ name }: SupervisedProcess): boolean {
    return this.#clearing.size > 0 && this.#clearing.has(this.#table.layerOf(name));
  }

  #refuseDuringShutdown(what: string, layer: Layer): void {
    if (this.isShuttingDown) throw new FleetError('unavailable', `cannot ${what}: the agent is shutting down`);
    if (this.#clearing.has(layer)) throw new FleetError('unavailable', `cannot ${what}: the agent is reloading`);
  }
}

function compare(a: ProcessName, b: ProcessName): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
