/** A twin of the operating system for tests: children that live, obey and die as their behaviour says, by a given clock. */
import type { ProcessSpec } from '@fleetvisor/config';
import { signalName, signalNumber } from '@fleetvisor/config';
import { after, type Clock, FleetError, type Timer } from '@fleetvisor/primitives';
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
} from '../ports.ts';
import type { Exit } from '../process/exit.ts';

/** How one run of a program behaves. What is not given is a program that runs for ever and dies of any signal at once. */
export interface Behaviour {
  /** No child is made, and this is why. */
  readonly spawnError?: string;
  /** The command is not there: told by the look-up too. */
  readonly missing?: LookUpFailure;
  /** It ends by itself after this long. */
  readonly endsAfterMs?: number;
  /** How it ends by itself; exit code 0 unless told. */
  readonly exit?: Exit;
  /** How long it takes to die of a signal. KILL takes none. */
  readonly diesAfterMs?: number;
  /** Signals that do nothing to it, by normal name. */
  readonly ignores?: readonly string[];
  /** It may not be signalled at all. */
  readonly refuses?: boolean;
  /** Members of its group live on for this long after it has died, unless the group is killed. */
  readonly groupOutlivesMs?: number;
  readonly lastOutput?: string;
  /** What comes of a write to its stdin; taken unless told. */
  readonly stdin?: StdinOutcome;
}

export interface FakeChild {
  readonly launch: Launch;
  readonly pid: number;
  readonly behaviour: Behaviour;
  isAlive: boolean;
  /** Whether members of its group live on after it. */
  isGroupAlive: boolean;
  /** Signals it was sent, with `group` behind those that went to the whole group. */
  readonly signals: string[];
  /** What was written to its stdin. */
  readonly stdin: string[];
}

export class FakeProcessHost implements ProcessHost {
  readonly #clock: Clock;
  readonly #behaviourOf: (spec: ProcessSpec, run: number) => Behaviour;
  readonly #children = new Map<Launch, FakeChild>();
  readonly #onExit = new Map<FakeChild, (exit: Exit) => void>();
  #pid = 1000;
  /** Launches that must not have been: of a process whose child was alive. */
  readonly violations: string[] = [];
  /** Names of the processes whose output was asked for at once. */
  readonly collected: string[] = [];
  /** Every launch there was, in order. */
  readonly launches: Launch[] = [];

  /** @param behaviourOf asked anew for every run; `run` counts from 1 for a new process */
  constructor(clock: Clock, behaviourOf: (spec: ProcessSpec, run: number) => Behaviour = () => ({})) {
    this.#clock = clock;
    this.#behaviourOf = behaviourOf;
  }

  /** Those alive, in order of their start. */
  get alive(): readonly FakeChild[] {
    return [...new Set(this.#children.values())].filter((child) => child.isAlive);
  }

  /** The living child of a process. @throws FleetError `not_found` */
  child(group: string, name = group): FakeChild {
    const found = this.alive.find(({ launch: { spec } }) => spec.group === group && spec.name === name);
    if (found === undefined) throw new FleetError('not_found', `no child of ${group}:${name} is alive`);
    return found;
  }

  lookUp(spec: ProcessSpec): LookUpFailure | undefined {
    return this.#behaviourOf(spec, 0).missing;
  }

  start(launch: Launch, onExit: (exit: Exit) => void): StartedChild | StartFailure {
    this.launches.push(launch);
    const behaviour = this.#behaviourOf(launch.spec, launch.run);
    const spawnError = behaviour.spawnError ?? behaviour.missing?.spawnError;
    if (spawnError !== undefined) return { kind: 'failed', spawnError };
    const { group, name } = launch.spec;
    const others = this.alive.filter(({ launch: { spec } }) => spec.group === group && spec.name === name);
    if (others.length > 0) this.violations.push(`two children of ${group}:${name} at once`);
    const pid = this.#pid++;
    const child: FakeChild = { launch, pid, behaviour, isAlive: true, isGroupAlive: true, signals: [], stdin: [] };
    this.#children.set(launch, child);
    this.#onExit.set(child, onExit);
    if (behaviour.endsAfterMs !== undefined) {
      this.#later(behaviour.endsAfterMs, () => this.end(child, behaviour.exit ?? { kind: 'code', code: 0 }));
    }
    return { kind: 'started', pid };
  }

  /** As for a child of an agent that was killed: how it ends will be nobody's to know. */
  adopt(launch: Launch, known: KnownChild | undefined, onExit: (exit: Exit) => void): Adoption {
    const child = this.alive.find(({ pid }) => pid === known?.pid);
    const end = () => onExit({ kind: 'unknown' });
    if (child === undefined) {
      this.#later(0, end);
      return { hadEnded: true };
    }
    this.#children.set(launch, child);
    this.#onExit.set(child, end);
    return { hadEnded: false };
  }

  identify(launch: Launch): KnownChild | undefined {
    const child = this.#children.get(launch);
    return child?.isAlive === true ? { pid: child.pid, startTicks: BigInt(child.pid) } : undefined;
  }

  signal(launch: Launch, signal: string, toGroup: boolean): SignalOutcome {
    const child = this.#children.get(launch);
    if (child === undefined || !child.isAlive) return { kind: 'gone' };
    if (child.behaviour.refuses === true) return { kind: 'refused', reason: 'no permission' };
    if (signal === '0') return { kind: 'sent' };
    child.signals.push(toGroup ? `${signal} group` : signal);
    const { ignores = [], diesAfterMs = 0 } = child.behaviour;
    const isDeadly = signal === 'KILL' || !ignores.includes(signal);
    if (isDeadly) this.#later(signal === 'KILL' ? 0 : diesAfterMs, () => this.end(child, killedBy(signal)));
    return { kind: 'sent' };
  }

  signalGroup(leader: number, signal: string): SignalOutcome {
    const child = [...this.#children.values()].find(({ pid }) => pid === leader);
    if (child === undefined || child.isAlive || !child.isGroupAlive) return { kind: 'gone' };
    if (signal === '0') return { kind: 'sent' };
    child.signals.push(`${signal} group`);
    if (signal === 'KILL') child.isGroupAlive = false;
    return { kind: 'sent' };
  }

  writeStdin(launch: Launch, chunk: Uint8Array): StdinOutcome {
    const child = this.#children.get(launch);
    if (child === undefined || !child.isAlive) return 'closed';
    const outcome = child.behaviour.stdin ?? 'taken';
    if (outcome === 'taken') child.stdin.push(Buffer.from(chunk).toString());
    return outcome;
  }

  collectOutput(launch: Launch): void {
    this.collected.push(launch.spec.name);
  }

  lastOutput(launch: Launch): Uint8Array {
    return Buffer.from(this.#children.get(launch)?.behaviour.lastOutput ?? '');
  }

  /** Ends a child now, as if the world had done it. */
  end(child: FakeChild, exit: Exit): void {
    if (!child.isAlive) return;
    child.isAlive = false;
    const { groupOutlivesMs } = child.behaviour;
    if (groupOutlivesMs === undefined || child.signals.includes('KILL group')) child.isGroupAlive = false;
    else this.#later(groupOutlivesMs, () => (child.isGroupAlive = false));
    this.#onExit.get(child)?.(exit);
  }

  /** Never at once, even when there is nothing to wait for: no exit is told inside a call of the supervisor's. */
  #later(ms: number, run: () => void): Timer {
    return this.#clock.schedule(after(this.#clock.now(), ms), run);
  }
}

/** Death by a signal, as the operating system tells it. */
export function killedBy(signal: string): Exit {
  const number = signalNumber(signal) ?? 0;
  return { kind: 'signal', signal: signalName(number), number, coreDumped: false };
}
