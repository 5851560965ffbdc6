/** What holds whatever happens, in whatever order: no history leaves an illegal state. */
import { type Instant, instant } from '@fleetvisor/primitives';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, exitCode, killedBySegv, rulesFor, unseen } from '../testing/lives.ts';
import type { Transition } from './effect.ts';
import type { Input, Rules } from './input.ts';
import type { Step } from './moves.ts';
import { childOf, deadlineOf, isStopped, neverStarted, type ProcessState, runId } from './state.ts';
import { step } from './step.ts';

/** What Supervisor's processes may do, and what this adds to it. */
const arrows = new Set(
  [
    'STOPPED>STARTING EXITED>STARTING FATAL>STARTING BACKOFF>STARTING STARTING>BACKOFF STARTING>RUNNING RUNNING>EXITED',
    'BACKOFF>FATAL STARTING>STOPPING RUNNING>STOPPING STOPPING>STOPPED BACKOFF>STOPPED STARTING>UNKNOWN RUNNING>UNKNOWN',
    'STOPPING>UNKNOWN UNKNOWN>EXITED UNKNOWN>STOPPED EXITED>STOPPED',
  ].flatMap((line) => line.split(' ')),
);

/** One thing that the world or a person does; the world's own news are made to fit the run that is under way. */
type Happening =
  | { readonly kind: 'request'; readonly input: Input }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'die'; readonly exit: Extract<Input, { kind: 'exited' }>['exit'] }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'shutDown' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc
    .constantFrom<Input>(
      { kind: 'autostart' },
      { kind: 'start', cause: 'hand' },
      { kind: 'start', cause: 'plan' },
      { kind: 'stop', cause: 'hand' },
      { kind: 'stop', cause: 'plan' },
      { kind: 'signal', signal: 'HUP' },
    )
    .map((input): Happening => ({ kind: 'request', input })),
  fc.integer({ min: 0, max: 4000 }).map((ms): Happening => ({ kind: 'wait', ms })),
  fc.constant<Happening>({ kind: 'timer' }),
  fc.constantFrom(exitCode(0), exitCode(3), killedBySegv, unseen).map((exit): Happening => ({ kind: 'die', exit })),
  fc.constant<Happening>({ kind: 'refuse' }),
);

const settings = fc.record({
  autostart: fc.boolean(),
  autorestart: fc.constantFrom('always', 'unexpected', 'never'),
  startsecs: fc.integer({ min: -1, max: 3 }),
  startretries: fc.integer({ min: 0, max: 3 }),
  stopwaitsecs: fc.integer({ min: 0, max: 3 }),
  stopasgroup: fc.boolean(),
});

/** A world with one process in it: answers launches, as the shell does, before anything else happens. */
class World {
  state: ProcessState = neverStarted(runId(0));
  now: Instant = at(0);
  rules: Rules;
  /** Runs whose child lives, by what the effects and the deaths say. */
  readonly alive = new Set<number>();
  readonly transitions: Transition[] = [];
  #spawnFails: Iterator<boolean>;

  constructor(rules: Rules, spawnFails: readonly boolean[]) {
    this.rules = rules;
    this.#spawnFails = spawnFails[Symbol.iterator]();
  }

  feed(input: Input): void {
    let result: Step = step(this.rules, this.state, input, this.now);
    this.#observe(result);
    for (;;) {
      const launch = result.effects.find((effect) => effect.kind === 'spawn');
      if (launch === undefined) return;
      const { run } = launch;
      const fails = this.#spawnFails.next().value ?? false;
      if (!fails) this.alive.add(run);
      const answer: Input = fails
        ? { kind: 'spawnFailed', run, spawnError: 'no' }
        : { kind: 'spawned', run, pid: run + 100 };
      result = step(this.rules, this.state, answer, this.now);
      this.#observe(result);
    }
  }

  take(what: Happening): void {
    switch (what.kind) {
      case 'request':
        return this.feed(what.input);
      case 'wait':
        this.now = instant(this.now + what.ms * 1000);
        return;
      case 'timer': {
        const due = deadlineOf(this.state);
        if (due !== undefined && due > this.now) this.now = due;
        return this.feed({ kind: 'deadline' });
      }
      case 'die':
        if (!this.alive.delete(this.state.run)) return;
        return this.feed({ kind: 'exited', run: this.state.run, exit: what.exit });
      case 'refuse':
        return this.feed({ kind: 'signalUnsent', run: this.state.run, purpose: 'stop', refusal: 'no permission' });
      case 'shutDown':
        this.rules = { ...this.rules, isShuttingDown: true };
    }
  }

  #observe({ state, effects }: Step): void {
    for (const effect of effects) if (effect.kind === 'transition') this.transitions.push(effect.transition);
    this.state = state;
  }
}

const history = fc.array(happening, { maxLength: 60 });

function worlds(check: (world: World, what: Happening) => void): void {
  fc.assert(
    fc.property(settings, history, fc.array(fc.boolean(), { maxLength: 10 }), (spec, happenings, spawnFails) => {
      const world = new World(rulesFor(spec), spawnFails);
      for (const what of happenings) {
        world.take(what);
        check(world, what);
      }
    }),
    { numRuns: 400 },
  );
}

describe('whatever happens', () => {
  it('there is never more than one child, and the state knows it', () => {
    worlds(({ alive, state }) => {
      expect([...alive]).toEqual(childOf(state) === undefined ? [] : [state.run]);
    });
  });

  it('a state of rest has no child, but for UNKNOWN', () => {
    worlds(({ alive, state }) => {
      if (isStopped(state) && state.name !== 'UNKNOWN') expect(alive.size).toBe(0);
    });
  });

  it('what waits for time has a deadline, and nothing else has one', () => {
    worlds(({ state }) => {
      const waits = state.name === 'BACKOFF' || state.name === 'STOPPING' || state.name === 'STARTING';
      if (waits) expect(deadlineOf(state)).toBeDefined();
      if (state.name === 'RUNNING' || state.name === 'UNKNOWN') expect(deadlineOf(state)).toBeUndefined();
    });
  });

  it('a timer that has fired is spent: what is due next lies in the future, or waits for its turn', () => {
    worlds(({ state, now }, what) => {
      const due = deadlineOf(state);
      if (what.kind !== 'timer' || due === undefined) return;
      if (state.name === 'EXITED') expect(due).toBe(now);
      else if (state.name === 'STARTING')
        expect(due).toBeGreaterThanOrEqual(now); // startsecs may be none
      else expect(due).toBeGreaterThan(now);
    });
  });

  it('transitions make one chain of known arrows, and runs only grow', () => {
    worlds(({ transitions, state }) => {
      let from = 'STOPPED';
      let run = 0;
      for (const told of transitions) {
        expect(arrows).toContain(`${told.from}>${told.to}`);
        expect(told.from).toBe(from);
        expect(told.run).toBeGreaterThanOrEqual(run);
        from = told.to;
        run = told.run;
      }
      expect(state.name).toBe(from);
    });
  });

  it('RUNNING never comes before startsecs have passed', () => {
    worlds(({ state, now, rules }) => {
      if (state.name === 'RUNNING') expect(now - state.child.since).toBeGreaterThanOrEqual(rules.spec.startsecs * 1e6);
    });
  });

  it('attempts never go beyond startretries + 1', () => {
    worlds(({ transitions, rules }) => {
      for (const { tries } of transitions) expect(tries).toBeLessThanOrEqual(rules.spec.startretries + 1);
    });
  });

  it('news of other runs change nothing', () => {
    worlds(({ state, rules, now }) => {
      const run = runId(state.run + 1);
      expect(step(rules, state, { kind: 'exited', run, exit: exitCode(0) }, now).state).toBe(state);
    });
  });
});

describe('a shutdown, whatever was before and whatever comes after', () => {
  it('starts nothing more, and ends as soon as the child does', () => {
    fc.assert(
      fc.property(settings, history, history, (spec, before, after) => {
        const world = new World(rulesFor(spec), []);
        for (const what of before) world.take(what);
        const { run } = world.state;
        world.take({ kind: 'shutDown' });
        world.feed({ kind: 'stop', cause: 'shutdown' });
        for (const what of after) world.take(what);
        expect(world.state.run).toBe(run);
        world.take({ kind: 'timer' });
        world.take({ kind: 'die', exit: exitCode(0) });
        expect(isStopped(world.state)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
