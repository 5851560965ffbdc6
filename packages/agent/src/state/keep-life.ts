/**
 * Writes down what runs, as it changes. What one turn of the event loop brings is one transaction, and in a storm what fifty
 * milliseconds bring: nothing of supervision waits for it. A child that an agent had no time to write down is found by its
 * pipes, if its group is known: that is written before anything of it starts.
 */
import { formatNamespec, type ProcessSpec } from '@fleetvisor/config';
import { after, type Clock, type Instant, instant, messageOf, msBetween, type Timer } from '@fleetvisor/primitives';
import type { ProcessName } from '../supervision/status.ts';
import type { Supervisor, SupervisorListener } from '../supervision/supervisor.ts';
import type { AgentLife, AutoLogs } from './agent-life.ts';
import type { JointCommit, Write } from './joint-commit.ts';

/** From one write to the next, in a storm. */
const PAUSE_MS = 50;
/** How long until what the disk has refused is tried again. */
const RETRY_MS = 1000;

export interface KeepLifeParts {
  readonly supervisor: Pick<Supervisor, 'groups' | 'record' | 'spec'>;
  readonly life: Pick<AgentLife, 'begin' | 'write'>;
  /** With whom it is written: with the events that tell of it, where there are any. */
  readonly commit: JointCommit;
  readonly autoLogs: (process: ProcessName) => AutoLogs;
  /** A write begins: what it returns is called when that is done, with `false` when it failed. */
  readonly writing: () => (isDone: boolean) => void;
  readonly clock: Clock;
  /** The disk refuses it: told once, until it takes something again. */
  readonly onTrouble: (message: string) => void;
  /** Runs something once pending I/O has been seen to; setImmediate unless told otherwise. */
  readonly defer?: (run: () => void) => void;
}

/** To be subscribed to the supervisor; disposing writes what waits, and ends it. */
export interface LifeKeeper extends SupervisorListener, Disposable {
  /**
   * From now on this life is the one that is left; written at once, or with what the disk takes next.
   * @param groups that go on: what is written down of others is forgotten
   * @returns false when the disk refuses it
   */
  begin(agentVersion: string, groups: readonly string[]): boolean;
  /** Something waits for the next write, though no process has changed. */
  wake(): void;
  /** Writes what waits, now. @returns false when the disk refuses it. Never throws. */
  flush(): boolean;
}

export function keepLife(parts: KeepLifeParts): LifeKeeper {
  return new WritingLifeKeeper(parts);
}

class WritingLifeKeeper implements LifeKeeper {
  readonly #parts: KeepLifeParts;
  /** What there is news of since the last write. Bounded by the processes that there are. */
  #processes = new Map<string, ProcessName>();
  #groups = new Set<string>();
  /** The specs as they are written down: a process that was given another one makes its group be written anew. */
  readonly #written = new Map<string, ProcessSpec>();
  #lastWriteAt: Instant = instant(Number.NEGATIVE_INFINITY);
  #isDue = false;
  #isDueAtOnce = false;
  #toBegin: Parameters<AgentLife['begin']> | undefined;
  #timer: Timer | undefined;
  #isTroubled = false;
  #isOver = false;

  constructor(parts: KeepLifeParts) {
    this.#parts = parts;
    parts.commit.join({ begin: () => (this.#isDue && !this.#isOver ? this.#begin() : undefined) });
  }

  begin(...life: Parameters<AgentLife['begin']>): boolean {
    this.#toBegin = life;
    return this.flush();
  }

  statusChanged(process: ProcessName): void {
    const key = formatNamespec(process);
    this.#processes.set(key, process);
    if (this.#parts.supervisor.spec(process) !== this.#written.get(key)) this.#groups.add(process.group);
    this.#writeSoon();
  }

  processRemoved(process: ProcessName): void {
    this.statusChanged(process);
  }

  groupAdded(group: string): void {
    this.#groups.add(group);
    this.#writeAtOnce();
  }

  groupRemoved(group: string): void {
    this.#groups.add(group);
    this.#writeSoon();
  }

  groupReshaped(group: string): void {
    this.groupAdded(group);
  }

  wake(): void {
    this.#writeSoon();
  }

  flush(): boolean {
    if (this.#isOver) return true;
    this.#isDue = true;
    this.#parts.commit.flush();
    return !this.#isTroubled;
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #writeSoon(): void {
    if (this.#isDue || this.#isOver) return;
    this.#isDue = true;
    const { clock, defer = (run) => void setImmediate(run) } = this.#parts;
    const now = clock.now();
    const pauseMs = this.#isTroubled ? RETRY_MS : PAUSE_MS;
    if (msBetween(this.#lastWriteAt, now) >= pauseMs) defer(() => this.#writeIfDue());
    else this.#timer = clock.schedule(after(this.#lastWriteAt, pauseMs), () => this.#writeIfDue());
  }

  /**
   * What runs is never without its group: of one that is not written down the next agent would know nothing, and start it
   * beside itself. Programs start once I/O has been seen to; this is before, and one write for all that came together.
   */
  #writeAtOnce(): void {
    if (this.#isDueAtOnce) return;
    this.#isDueAtOnce = true;
    queueMicrotask(() => {
      this.#isDueAtOnce = false;
      if (this.#groups.size > 0) this.flush();
    });
  }

  #writeIfDue(): void {
    if (this.#isDue && !this.#isOver) this.flush();
  }

  #begin(): Write {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isDue = false;
    const written = this.#parts.writing();
    const [processes, groups] = [this.#processes, this.#groups];
    [this.#processes, this.#groups] = [new Map(), new Set()];
    this.#lastWriteAt = this.#parts.clock.now();
    return {
      run: () => {
        if (this.#toBegin !== undefined) this.#parts.life.begin(...this.#toBegin);
        this.#write([...processes.values()], groups);
      },
      done: (error) => {
        written(error === undefined);
        if (error !== undefined) return this.#refused(error, processes, groups);
        this.#isTroubled = false;
        this.#toBegin = undefined;
      },
    };
  }

  #refused(error: unknown, processes: ReadonlyMap<string, ProcessName>, groups: ReadonlySet<string>): void {
    // What is newer than this wins when it is tried again: it is looked up anew then.
    this.#processes = new Map([...processes, ...this.#processes]);
    this.#groups = new Set([...groups, ...this.#groups]);
    if (!this.#isTroubled) this.#parts.onTrouble(`cannot write down what runs: ${messageOf(error)}`);
    this.#isTroubled = true;
    this.#writeSoon();
  }

  #write(processes: readonly ProcessName[], groups: ReadonlySet<string>): void {
    if (processes.length === 0 && groups.size === 0) return;
    const { supervisor, autoLogs, life } = this.#parts;
    const active = groups.size === 0 ? [] : supervisor.groups().filter(({ spec }) => groups.has(spec.name));
    const present = new Set(active.map(({ spec }) => spec.name));
    const known = processes.map((name) => ({ name, record: supervisor.record(name) }));
    life.write({
      groups: active,
      removedGroups: [...groups].filter((name) => !present.has(name)),
      processes: known.flatMap(({ name, record }) =>
        record === undefined ? [] : [{ name, left: { ...record, autoLogs: autoLogs(name) } }],
      ),
      removedProcesses: known.flatMap(({ name, record }) => (record === undefined ? [name] : [])),
    });
    for (const { spec } of active) for (const process of spec.processes) this.#note(process);
    for (const { name, record } of known) if (record === undefined) this.#written.delete(formatNamespec(name));
  }

  #note(spec: ProcessSpec): void {
    this.#written.set(formatNamespec(spec), spec);
  }
}
