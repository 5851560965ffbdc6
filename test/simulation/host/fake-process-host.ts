/** Supervision's port to the operating system, for one life of an agent: what it starts and adopts is in the fake one. */
import { formatNamespec, type ProcessSpec } from '@fleetvisor/config';
import type { LeftBehind } from '../../../packages/agent/src/os/left-behind.ts';
import { runLabel } from '../../../packages/agent/src/os/run-label.ts';
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
} from '../../../packages/agent/src/supervision/ports.ts';
import type { Exit } from '../../../packages/agent/src/supervision/process/exit.ts';
import type { Life } from '../engine/life.ts';
import { kindOf } from './behaviours.ts';
import { type Child, type FakeOs, pipeKey } from './fake-os.ts';

/** The end of a child that is not ours to wait for is found by looking, once a second at the latest. */
const lookMs = 1000;

export interface FakeProcessHostOptions {
  /** What is adopted are children of this process, whose life before this one has started them. */
  readonly areOurs: boolean;
  /** Pipes wait for being removed. */
  readonly discarded: () => void;
}

export class FakeProcessHost implements ProcessHost {
  readonly #os: FakeOs;
  readonly #life: Life;
  readonly #areOurs: boolean;
  readonly #discardedPipes: () => void;
  readonly #children = new Map<string, Child>();
  /** Pipes of runs that have ended, until that is written down. */
  #discarded: string[] = [];

  constructor(os: FakeOs, life: Life, { areOurs, discarded }: FakeProcessHostOptions) {
    this.#os = os;
    this.#life = life;
    this.#areOurs = areOurs;
    this.#discardedPipes = discarded;
  }

  lookUp({ program, command }: ProcessSpec): LookUpFailure | undefined {
    if (kindOf(program) !== 'missing') return undefined;
    return { kind: 'noFile', spawnError: `can't find command '${command}'` };
  }

  start(launch: Launch, onExit: (exit: Exit) => void): StartedChild | StartFailure {
    const { spec, run } = launch;
    const failure = this.lookUp(spec);
    if (failure !== undefined) return { kind: 'failed', spawnError: failure.spawnError };
    const key = keyOf(launch);
    const ended = (exit: Exit) => this.#ended(key, () => onExit(exit));
    try {
      const child = this.#life.act(() => this.#os.start({ group: spec.group, name: spec.name }, run, ended));
      this.#children.set(key, child);
      return { kind: 'started', pid: child.pid };
    } catch {
      return { kind: 'failed', spawnError: 'the agent is dead' }; // nobody hears it
    }
  }

  adopt(launch: Launch, known: KnownChild | undefined, onExit: (exit: Exit) => void): Adoption {
    const key = keyOf(launch);
    const child = known && this.#os.find(known);
    const ended = (exit: Exit) => this.#ended(key, () => onExit(exit));
    if (child === undefined) {
      const exit = known && this.#areOurs ? this.#os.reap(known) : undefined;
      this.#life.after(0, () => ended(exit ?? { kind: 'unknown' }));
      return { hadEnded: exit === undefined };
    }
    this.#children.set(key, child);
    if (this.#areOurs && !child.isOrphan) {
      this.#os.watch(child, ended);
      return { hadEnded: false };
    }
    // Its pipes tell at once, unless something it has started holds them too.
    const lateMs = child.pid % 4 === 0 ? lookMs : 1;
    this.#os.watch(child, () => this.#life.after(lateMs, () => ended({ kind: 'unknown' })));
    return { hadEnded: false };
  }

  identify(launch: Launch): KnownChild | undefined {
    const child = this.#children.get(keyOf(launch));
    // One of our own has its place in the kernel's table until we have heard of its end.
    if (child === undefined || (child.endedAtMs !== undefined && child.isOrphan)) return undefined;
    return { pid: child.pid, startTicks: child.startTicks };
  }

  signal(launch: Launch, signal: string): SignalOutcome {
    const child = this.#children.get(keyOf(launch));
    if (child === undefined || this.#life.isOver || !this.#os.signal(child, signal)) return { kind: 'gone' };
    return { kind: 'sent' };
  }

  signalGroup(): SignalOutcome {
    return { kind: 'gone' }; // no program of this world leaves anybody behind
  }

  writeStdin(): StdinOutcome {
    return 'closed';
  }

  collectOutput(): void {
    // No program of this world writes anything.
  }

  lastOutput(): Uint8Array {
    return new Uint8Array();
  }

  /** As the pool of pipes does: what has ended by now goes when that is written down. */
  releasePipes(): (isDone: boolean) => void {
    const released = this.#discarded;
    this.#discarded = [];
    return (isDone) => {
      if (this.#life.isOver) return;
      if (isDone) for (const key of released) this.#os.pipes.delete(key);
      else this.#discarded.unshift(...released);
    };
  }

  /** Pipes that nobody has taken over go. */
  endAdoption(): void {
    for (const key of [...this.#os.pipes.keys()]) if (!this.#children.has(key)) this.#discarded.push(key);
    this.releasePipes()(true);
  }

  #ended(key: string, tell: () => void): void {
    // Never inside of what the program's end was a part of.
    this.#life.after(0, () => {
      this.#discarded.push(key);
      tell();
      this.#discardedPipes();
    });
  }
}

/** What a search for pipes and their holders finds. */
export function leftBehind(os: FakeOs): readonly LeftBehind[] {
  if (os.pipes.size === 0) return [];
  const runs = new Map([...os.pipes, ...os.living.map((child) => [pipeKey(child.label, child.run), child] as const)]);
  return [...runs.values()].map((child) => {
    const lives = child.endedAtMs === undefined;
    return {
      label: runLabel({ spec: child.name, run: child.run }),
      name: child.label,
      run: child.run,
      child: lives ? { pid: child.pid, startTicks: child.startTicks } : undefined,
      pids: lives ? [child.pid] : [],
    };
  });
}

function keyOf({ spec, run }: Launch): string {
  return pipeKey(formatNamespec(spec), run);
}
