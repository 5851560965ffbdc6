/**
 * The operating system of one host: processes that outlive the agent that started them, pids that come round, pipes that
 * stay behind. It keeps the diary of all that ever ran, by which everybody else is judged.
 */
import { formatNamespec, type ProcessName } from '@fleetvisor/config';
import type { KnownChild } from '../../../packages/agent/src/supervision/ports.ts';
import type { Exit } from '../../../packages/agent/src/supervision/process/exit.ts';
import { between, chanceOf, isBy, wholeBetween } from '../engine/chance.ts';
import type { MachineTime } from '../engine/life.ts';
import type { Timeline } from '../engine/timeline.ts';
import { type Behaviour, behaviourOf } from './behaviours.ts';

/** One process that a program's launch has made. */
export interface Child extends KnownChild {
  readonly name: ProcessName;
  /** As `group:name`, or short. */
  readonly label: string;
  readonly run: number;
  readonly behaviour: Behaviour;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  exit: Exit | undefined;
  /** Its agent has died: nobody can wait for it any more. */
  isOrphan: boolean;
  /** Somebody wants it to end. */
  isSignalled: boolean;
}

export interface FakeOsParts {
  readonly seed: number;
  readonly host: number;
  readonly timeline: Timeline;
  /** A program was started while another process of it lives. */
  readonly ranTwice: (child: Child, other: Child) => void;
  readonly changed: (what: string) => void;
}

/** Far fewer than a kernel has, so that they come round within a story. */
const pids = { first: 300, last: 427 };
const ticksPerMs = 0.1;

export class FakeOs {
  readonly #parts: FakeOsParts;
  readonly #living = new Map<number, Child>();
  readonly #watchers = new Map<Child, (exit: Exit) => void>();
  readonly #lastEndMs = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  #lastPid = pids.first;
  #boots = 0;
  #bootedAtUs: number;
  wallOffsetUs = 0;
  /** All that ever ran, in order. */
  readonly diary: Child[] = [];
  /** Runs whose pipes are there, by process and run. */
  readonly pipes = new Map<string, Child>();
  /** A deliberate break: see sabotage.ts. */
  looksAtPidAlone = false;
  /** Processes that have nothing to do with any agent, by pid. */
  readonly #foreign = new Map<number, Child>();

  constructor(parts: FakeOsParts) {
    this.#parts = parts;
    this.#bootedAtUs = parts.timeline.nowUs;
  }

  get time(): MachineTime {
    return { bootedAtUs: this.#bootedAtUs, wallOffsetUs: this.wallOffsetUs };
  }

  /** Another one after each boot. */
  get machineLife(): string {
    return `boot ${this.#boots}`;
  }

  get living(): readonly Child[] {
    return [...this.#living.values()];
  }

  livingOf(label: string): readonly Child[] {
    return this.living.filter((child) => child.label === label);
  }

  /** When a process of the program was last alive; minus infinity when never. */
  lastAliveMs(label: string): number {
    return this.livingOf(label).length > 0 ? this.#parts.timeline.nowMs : (this.#lastEndMs.get(label) ?? -Infinity);
  }

  /** Whoever has the pid now, if it began when that one did. */
  find(known: KnownChild): Child | undefined {
    const child = this.#holderOf(known.pid);
    return child !== undefined && (this.looksAtPidAlone || child.startTicks === known.startTicks) ? child : undefined;
  }

  /** @param onExit of a child that is the caller's own to wait for */
  start(name: ProcessName, run: number, onExit: (exit: Exit) => void): Child {
    const { seed, host, timeline, ranTwice } = this.#parts;
    const label = formatNamespec(name);
    const nth = (this.#launches.get(label) ?? 0) + 1;
    this.#launches.set(label, nth);
    const behaviour = behaviourOf(seed, host, name.name, nth);
    const child = this.#child({ name, label, run, behaviour, pid: this.#nextPid() });
    const other = this.livingOf(label)[0];
    this.#living.set(child.pid, child);
    this.diary.push(child);
    this.pipes.set(pipeKey(label, run), child);
    this.#watchers.set(child, onExit);
    this.#parts.changed(`${label} runs: run ${run}, pid ${child.pid}`);
    if (other !== undefined) ranTwice(child, other);
    const { endsAfterMs, exit = { kind: 'code', code: 0 } } = behaviour;
    if (endsAfterMs !== undefined) timeline.after(endsAfterMs, () => this.end(child, exit));
    return child;
  }

  /** From now on somebody else hears of its end. */
  watch(child: Child, onExit: (exit: Exit) => void): void {
    this.#watchers.set(child, onExit);
  }

  /** @returns whether there was anybody to signal */
  signal(child: Child, signal: string): boolean {
    if (child.endedAtMs !== undefined) return false;
    const { ignoresTerm, diesAfterMs } = child.behaviour;
    if (signal === '0') return true;
    child.isSignalled = true;
    if (ignoresTerm === true && signal !== 'KILL') return true;
    const exit: Exit = {
      kind: 'signal',
      signal: `SIG${signal}`,
      number: signal === 'KILL' ? 9 : 15,
      coreDumped: false,
    };
    this.#parts.timeline.after(signal === 'KILL' ? 0 : diesAfterMs, () => this.end(child, exit));
    return true;
  }

  /** It ends now. */
  end(child: Child, exit: Exit): void {
    if (child.endedAtMs !== undefined) return;
    this.#gone(child);
    child.exit = exit;
    this.#living.delete(child.pid);
    this.#parts.changed(`${child.label} has ended: run ${child.run}, ${exitWords(exit)}`);
    this.#watchers.get(child)?.(exit);
    this.#watchers.delete(child);
    this.#maybeReuse(child.pid);
  }

  /** How a child has ended that was its agent's own up to its end. */
  reap({ pid, startTicks }: KnownChild): Exit | undefined {
    const child = this.diary.findLast((each) => each.pid === pid && each.startTicks === startTicks);
    return child === undefined || child.isOrphan ? undefined : child.exit;
  }

  /** Their agent has died: what lives belongs to nobody. */
  orphan(): void {
    for (const child of this.living) child.isOrphan = true;
    this.#watchers.clear();
  }

  /** The power is gone: nothing runs, and pipes on a memory disk are gone with it. */
  powerCut(): void {
    for (const child of this.living) this.#gone(child);
    this.#living.clear();
    this.#foreign.clear();
    this.#watchers.clear();
    this.pipes.clear();
  }

  #gone(child: Child): void {
    child.endedAtMs = this.#parts.timeline.nowMs;
    this.#lastEndMs.set(child.label, child.endedAtMs);
  }

  boot(): void {
    this.#boots++;
    this.#bootedAtUs = this.#parts.timeline.nowUs;
  }

  #child(parts: Pick<Child, 'name' | 'label' | 'run' | 'behaviour' | 'pid'>): Child {
    const { nowUs, nowMs } = this.#parts.timeline;
    const ticks = Math.floor(((nowUs - this.#bootedAtUs) / 1000) * ticksPerMs) + 100;
    const fate = { endedAtMs: undefined, exit: undefined, isOrphan: false, isSignalled: false };
    return { ...parts, ...fate, startTicks: BigInt(ticks), startedAtMs: nowMs };
  }

  /** Somebody else may get the number of a process that has just ended: adversity, for real kernels take their time. */
  #maybeReuse(pid: number): void {
    const { seed, host, timeline } = this.#parts;
    const random = chanceOf(seed, 'foreign', host, pid, timeline.nowUs);
    if (!isBy(random, 0.5)) return;
    timeline.after(20, () => {
      if (this.#holderOf(pid) !== undefined) return;
      const name = { group: 'foreign', name: 'foreign' };
      const foreign = this.#child({ name, label: 'foreign', run: 0, behaviour: { diesAfterMs: 0 }, pid });
      this.#foreign.set(pid, foreign);
      timeline.after(between(random, 1_000, 200_000), () => {
        if (this.#foreign.get(pid) === foreign) this.#foreign.delete(pid);
      });
    });
  }

  #holderOf(pid: number): Child | undefined {
    return this.#living.get(pid) ?? this.#foreign.get(pid);
  }

  /** Other programs of the machine take pids too. */
  #nextPid(): number {
    const random = chanceOf(this.#parts.seed, 'pid', this.#parts.host, this.diary.length);
    const count = pids.last - pids.first + 1;
    const from = this.#lastPid - pids.first + wholeBetween(random, 1, 9);
    const free = Array.from({ length: count }, (_, i) => pids.first + ((from + i) % count)).find(
      (pid) => this.#holderOf(pid) === undefined,
    );
    if (free === undefined) throw new RangeError('every pid of the machine is taken');
    this.#lastPid = free;
    return this.#lastPid;
  }
}

export function pipeKey(label: string, run: number): string {
  return `${label}.${run}`;
}

function exitWords(exit: Exit): string {
  if (exit.kind === 'code') return `exit code ${exit.code}`;
  return exit.kind === 'signal' ? exit.signal : 'nobody knows how';
}
