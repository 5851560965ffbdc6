/** One process with its effects made real: feeds inputs to `step` and carries out what it says. Decides nothing. */
import type { ProcessSpec } from '@fleetvisor/config';
import { type Clock, type Instant, messageOf, type Timer } from '@fleetvisor/primitives';
import type { Deadlines } from './deadlines.ts';
import type { MainLog } from './main-log-lines.ts';
import type { Launch, ProcessHost, ProcessLogs, StdinOutcome } from './ports.ts';
import { catchUp } from './process/catch-up.ts';
import type { Crash, Effect, Transition } from './process/effect.ts';
import type { Exit } from './process/exit.ts';
import type { Answer, Input } from './process/input.ts';
import { childOf, deadlineOf, isLaunchAhead, type ProcessState, type RunId } from './process/state.ts';
import { step } from './process/step.ts';
import type { LaterRun, LeftRecord, ProcessRecord } from './process-record.ts';
import type { ProcessName } from './status.ts';
import type { StragglingGroup } from './stragglers.ts';

/** What a process needs of the supervisor it belongs to. */
export interface ProcessWorld {
  readonly clock: Clock;
  readonly host: ProcessHost;
  readonly logs: ProcessLogs;
  readonly mainLog: MainLog;
  readonly deadlines: Pick<Deadlines, 'schedule' | 'scheduleLaunch'>;
  readonly isShuttingDown: (process: SupervisedProcess) => boolean;
  /** An input came from outside and was carried out: what is due may run, what was told may be passed on. */
  readonly afterInput: (input: Input) => void;
  readonly onTransition: (process: SupervisedProcess, transition: Transition) => void;
  readonly onCrash: (process: SupervisedProcess, crash: Crash, launch: Launch) => void;
  readonly onChanged: (process: SupervisedProcess) => void;
  readonly onLeaderGone: (left: StragglingGroup) => void;
  /** Its child has ended while no agent lived: what that wrote last may be lost. */
  readonly onOutputLost: (process: SupervisedProcess) => void;
}

/** What is remembered of the runs, apart from the state. */
export interface RunFacts {
  /** Of the last attempt to start; Unix microseconds, 0n when there was none. */
  startedAtUs: bigint;
  /** Unix microseconds; 0n when no run has ended. */
  stoppedAtUs: bigint;
  /** Of the last run; undefined when none has ended or a newer one is under way. */
  lastExit: Exit | undefined;
  crashCount: number;
}

const noFacts: RunFacts = { startedAtUs: 0n, stoppedAtUs: 0n, lastExit: undefined, crashCount: 0 };

/** Whether what is waited for has come; it never will once the process is removed (undefined). */
export type Verdict<T> = (state: ProcessState | undefined) => T | undefined;

export class SupervisedProcess {
  readonly name: ProcessName;
  readonly facts: RunFacts;
  readonly #world: ProcessWorld;
  #spec: ProcessSpec;
  #state: ProcessState;
  #launch: Launch | undefined;
  #launchedAt: Instant | undefined;
  #timer: Timer | undefined;
  #inputs: Input[] = [];
  #isFeeding = false;
  #isRemoved = false;
  readonly #waiters = new Set<(state: ProcessState | undefined) => void>();

  constructor(world: ProcessWorld, spec: ProcessSpec, initial: ProcessState, facts: RunFacts = noFacts) {
    this.#world = world;
    this.facts = { ...facts };
    this.#spec = spec;
    this.name = { group: spec.group, name: spec.name };
    this.#state = initial;
  }

  get spec(): ProcessSpec {
    return this.#spec;
  }

  get priority(): number {
    return this.#spec.priority;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Gives it a new spec: for every decision from now on, and for the next run. */
  adjust(spec: ProcessSpec): void {
    this.#world.logs.adjust(spec);
    this.#spec = spec;
    this.#world.onChanged(this);
  }

  /** Something happens to it; the answer is what a request is told at once. */
  feed(input: Input): Answer {
    if (this.#isRemoved) return 'not-running';
    this.#inputs.push(input);
    if (this.#isFeeding) return 'taken';
    // Who is asked for waits for its turn among those who are: only what restarts by itself lets others go first.
    if (input.kind === 'start') this.#launchedAt = undefined;
    const before = this.#state;
    this.#isFeeding = true;
    let answer: Answer | undefined;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const stepAnswer = this.#take(next);
        answer ??= stepAnswer;
      }
    } finally {
      this.#isFeeding = false;
    }
    if (this.#state !== before) this.#settle(before);
    this.#world.afterInput(input);
    return answer ?? 'taken';
  }

  /**
   * Goes on where an earlier life of the agent was: with the child of its last run, and with what is due. What that life had
   * no time to write down is told now.
   */
  resume({ child, later }: Pick<LeftRecord, 'child' | 'later'>): void {
    const last = later.at(-1);
    if (last !== undefined) this.#catchUp(later, last);
    const { run } = this.#state;
    if (childOf(this.#state) !== undefined) {
      const launch: Launch = { spec: this.#spec, run };
      this.#launch = launch;
      const { hadEnded } = this.#world.host.adopt(launch, last === undefined ? child : last.child, (exit) => {
        // Told together: one who is killed in between leaves it to the next to tell of both.
        if (hadEnded) this.#world.onOutputLost(this);
        this.feed({ kind: 'exited', run, exit });
      });
    }
    this.#arm();
  }

  #catchUp(later: readonly LaterRun[], last: LaterRun): void {
    this.#launch = { spec: this.#spec, run: this.#state.run };
    const { state, effects } = catchUp(this.#spec, this.#state, later, this.#world.clock.now());
    for (const effect of effects) this.#run(effect);
    this.#state = state;
    this.facts.startedAtUs = last.startedAtUs;
    this.facts.lastExit = undefined;
    this.#world.onChanged(this);
  }

  /** What another life of the agent could go on with. */
  record(): ProcessRecord {
    const hasChild = this.#launch !== undefined && childOf(this.#state) !== undefined;
    const child = hasChild && this.#launch !== undefined ? this.#world.host.identify(this.#launch) : undefined;
    return { state: this.#state, facts: { ...this.facts }, child };
  }

  /** To the child of the present run, also while it is being stopped. */
  writeStdin(chunk: Uint8Array): StdinOutcome | 'not-running' {
    if (this.#launch === undefined || childOf(this.#state) === undefined) return 'not-running';
    return this.#world.host.writeStdin(this.#launch, chunk);
  }

  /** What its present run has written is in the logs when this returns. */
  collectOutput(): void {
    if (this.#launch !== undefined) this.#world.host.collectOutput(this.#launch);
  }

  /** Resolves with the first verdict that is not undefined: now, or after some later input. */
  until<T extends string>(verdict: Verdict<T>): Promise<T> {
    return new Promise((resolve) => {
      const judge = (state: ProcessState | undefined) => {
        const result = verdict(state);
        if (result === undefined) return;
        this.#waiters.delete(judge);
        resolve(result);
      };
      this.#waiters.add(judge);
      judge(this.#isRemoved ? undefined : this.#state);
    });
  }

  /** It is no more: whoever waits hears so, and later news of it is dropped. */
  remove(): void {
    this.#isRemoved = true;
    this.#timer?.cancel();
    this.#tellWaiters(undefined);
  }

  #take(input: Input): Answer {
    const rules = { spec: this.#spec, isShuttingDown: this.#world.isShuttingDown(this) };
    const { state, effects, answer, passed } = step(rules, this.#state, input, this.#world.clock.now());
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (passed !== undefined) this.#tellWaiters(passed);
    return answer;
  }

  #settle(before: ProcessState): void {
    // Of another state the same instant is another deadline: the one before has been spent on getting here.
    if (deadlineOf(this.#state) !== deadlineOf(before) || this.#state.name !== before.name) this.#arm();
    this.#world.onChanged(this);
    this.#tellWaiters(this.#state);
  }

  #tellWaiters(state: ProcessState | undefined): void {
    for (const judge of [...this.#waiters]) judge(state);
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const at = deadlineOf(this.#state);
    if (at === undefined) return;
    const { deadlines } = this.#world;
    const look = () => void this.feed({ kind: 'deadline' });
    this.#timer = takesTurn(this.#state, this.#spec)
      ? deadlines.scheduleLaunch(at, this.#launchedAt, look)
      : deadlines.schedule(at, look);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case 'spawn':
        this.#spawn(effect.run);
        break;
      case 'signal':
        this.#signal(effect);
        break;
      case 'watchGroup':
        this.#world.onLeaderGone({ process: this.name, leader: effect.leader, until: effect.until });
        break;
      case 'transition':
        this.#remember(effect.transition);
        this.#world.onTransition(this, effect.transition);
        break;
      case 'crash':
        this.facts.crashCount++;
        if (this.#launch !== undefined) this.#world.onCrash(this, effect.crash, this.#launch);
        break;
      case 'log':
        this.#world.mainLog.log(effect.line.level, effect.line.text);
        break;
    }
  }

  #spawn(run: RunId): void {
    const launch: Launch = { spec: this.#spec, run };
    this.#launch = launch;
    this.#launchedAt = this.#world.clock.now();
    this.facts.startedAtUs = this.#world.clock.wallTimeUs();
    this.facts.lastExit = undefined;
    const child = this.#start(launch, run);
    // Before anything else that came in meanwhile: no exit is heard of before its child.
    this.#inputs.unshift(
      child.kind === 'started'
        ? { kind: 'spawned', run, pid: child.pid }
        : { kind: 'spawnFailed', run, spawnError: child.spawnError },
    );
  }

  #start(launch: Launch, run: RunId): ReturnType<ProcessHost['start']> {
    try {
      return this.#world.host.start(launch, (exit) => this.feed({ kind: 'exited', run, exit }));
    } catch (thrown) {
      // One program that cannot be started for an unforeseen reason must not take the others' supervisor along.
      return { kind: 'failed', spawnError: `unknown error during fork for '${this.name.name}': ${messageOf(thrown)}` };
    }
  }

  #signal({ run, signal, toGroup, purpose }: Extract<Effect, { kind: 'signal' }>): void {
    if (this.#launch === undefined) return;
    const outcome = this.#world.host.signal(this.#launch, signal, toGroup);
    if (outcome.kind === 'sent') return;
    const refusal = outcome.kind === 'refused' ? outcome.reason : undefined;
    this.#inputs.push({ kind: 'signalUnsent', run, purpose, refusal });
  }

  #remember({ exit }: Transition): void {
    if (exit === undefined) return;
    this.facts.lastExit = exit;
    this.facts.stoppedAtUs = this.#world.clock.wallTimeUs();
  }
}

/**
 * Launches take turns. So does RUNNING where startsecs are none: in Supervisor all that is due is launched before the
 * first of it is looked at again, and event listeners are told in that order.
 */
function takesTurn(state: ProcessState, { startsecs }: ProcessSpec): boolean {
  return isLaunchAhead(state) || (state.name === 'STARTING' && startsecs <= 0);
}
