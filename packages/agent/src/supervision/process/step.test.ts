import { describe, expect, it } from 'vitest';
import {
  at,
  effectLines,
  exampleInputs,
  exampleStates,
  exitCode,
  killedBySegv,
  live,
  rulesFor,
  unseen,
} from '../testing/lives.ts';
import type { Transition } from './effect.ts';
import type { Input } from './input.ts';
import type { Step } from './moves.ts';
import { deadlineOf, type ProcessState, runId } from './state.ts';
import { step } from './step.ts';

const start: Input = { kind: 'start', cause: 'hand' };
const stop: Input = { kind: 'stop', cause: 'hand' };
const deadline: Input = { kind: 'deadline' };
const spawned = (run: number): Input => ({ kind: 'spawned', run: runId(run), pid: 100 + run });
const exited = (run: number, code: number): Input => ({ kind: 'exited', run: runId(run), exit: exitCode(code) });

const transitionsOf = (result: Step): Transition[] =>
  result.effects.flatMap((effect) => (effect.kind === 'transition' ? [effect.transition] : []));
const crashesOf = (result: Step) => result.effects.filter((effect) => effect.kind === 'crash');

describe('starting', () => {
  it('is due first and launches when its turn comes, from the state it was in', () => {
    const { steps } = live(rulesFor(), [
      [0, start],
      [0, deadline],
      [0, spawned(1)],
    ]);
    expect(steps.map((result) => result.state.name)).toEqual(['STOPPED', 'STARTING', 'STARTING']);
    expect(steps[1] && effectLines(steps[1])).toEqual(['STOPPED -> STARTING', 'spawn run 1']);
    expect(steps[2] && effectLines(steps[2])).toEqual(["info: spawned: 'cat' with pid 101"]);
  });

  it('is RUNNING after startsecs, not a moment before', () => {
    const history: [number, Input][] = [
      [0, start],
      [0, deadline],
      [0, spawned(1)],
    ];
    const early = live(rulesFor({ startsecs: 2 }), [...history, [1.999_999, deadline]]).last;
    const late = live(rulesFor({ startsecs: 2 }), [...history, [2, deadline]]).last;
    expect(early.state.name).toBe('STARTING');
    expect(late.state).toEqual({ name: 'RUNNING', run: 1, child: { pid: 101, since: at(0), signalled: [] } });
    expect(transitionsOf(late)).toMatchObject([{ from: 'STARTING', to: 'RUNNING', pid: 101 }]);
  });

  it('counts startsecs from the launch, however late it comes', () => {
    const { last } = live(rulesFor({ startsecs: 2 }), [
      [0, start],
      [5, deadline],
      [5, spawned(1)],
    ]);
    expect(deadlineOf(last.state)).toBe(at(7));
  });

  it.each([0, -1])('is RUNNING with startsecs=%d as soon as it is its turn', (startsecs) => {
    const { steps } = live(rulesFor({ startsecs }), [
      [0, start],
      [0, deadline],
      [0, spawned(1)],
      [0, deadline],
    ]);
    expect(steps.map(({ state }) => state.name)).toEqual(['STOPPED', 'STARTING', 'STARTING', 'RUNNING']);
    expect(steps.map(({ state }) => deadlineOf(state))).toEqual([at(0), undefined, at(0), undefined]);
  });

  it('has a line of success with startsecs=0, however soon it ends', () => {
    const { last } = live(rulesFor({ startsecs: 0 }), [
      [0, start],
      [0, deadline],
      [0, spawned(1)],
      [0, { kind: 'exited', run: runId(1), exit: exitCode(0) }],
    ]);
    expect(effectLines(last)).toEqual([
      'STARTING -> RUNNING',
      'info: success: cat entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
      'RUNNING -> EXITED',
      'info: exited: cat (exit status 0; expected)',
    ]);
  });

  it('passes through RUNNING when the child outlived startsecs unseen, without a line of success', () => {
    const result = step(
      rulesFor(),
      exampleStates.STARTING,
      { kind: 'exited', run: runId(7), exit: exitCode(5) },
      at(10),
    );
    expect(effectLines(result)).toEqual([
      'STARTING -> RUNNING',
      'RUNNING -> EXITED',
      'crash',
      'warn: exited: cat (exit status 5; not expected)',
    ]);
  });

  it('fails by an exit before startsecs, with an expected code too', () => {
    const result = step(
      rulesFor(),
      exampleStates.STARTING,
      { kind: 'exited', run: runId(7), exit: exitCode(0) },
      at(1),
    );
    expect(result.state).toMatchObject({
      name: 'BACKOFF',
      spawnError: 'Exited too quickly (process log may have details)',
    });
    expect(crashesOf(result)).toEqual([]);
  });

  it('starts by itself once in the life of a process', () => {
    const rules = rulesFor();
    const { steps } = live(rules, [
      [0, { kind: 'autostart' }],
      [0, stop],
      [1, { kind: 'autostart' }],
    ]);
    expect(steps.map(({ state }) => deadlineOf(state))).toEqual([at(0), undefined, undefined]);
    expect(step(rules, exampleStates.FATAL, { kind: 'autostart' }, at(0)).state).toBe(exampleStates.FATAL);
    const manual = live(rulesFor({ autostart: false }), [[0, { kind: 'autostart' }]]);
    expect(deadlineOf(manual.last.state)).toBeUndefined();
  });
});

describe('backing off', () => {
  /** Starts a program that always ends at once, and takes every timer exactly when it is due. */
  function failUntilRest(startretries: number): { waits: number[]; tries: number[]; last: Step } {
    const rules = rulesFor({ startretries });
    let result = step(rules, live(rules, [[0, start]]).last.state, deadline, at(0));
    const waits: number[] = [];
    const tries: number[] = [];
    let now = 0;
    while (result.state.name !== 'FATAL') {
      const { run } = result.state;
      result = step(rules, result.state, spawned(run), at(now));
      result = step(rules, result.state, exited(run, 3), at(now));
      tries.push(
        ...transitionsOf(result)
          .filter(({ to }) => to === 'BACKOFF')
          .map((told) => told.tries),
      );
      const due = deadlineOf(result.state);
      if (due === undefined) break;
      waits.push((due - at(now)) / 1_000_000);
      now += waits.at(-1) ?? 0;
      result = step(rules, result.state, deadline, at(now));
    }
    return { waits, tries, last: result };
  }

  it('waits one second more each time, startretries times, and gives up with one crash', () => {
    const { waits, tries, last } = failUntilRest(3);
    expect(waits).toEqual([1, 2, 3]);
    expect(tries).toEqual([1, 2, 3, 4]);
    expect(last.state).toMatchObject({ name: 'FATAL', run: 4 });
    expect(crashesOf(last)).toMatchObject([{ crash: { fatal: true, run: 4, exit: exitCode(3) } }]);
    expect(effectLines(last).at(-1)).toBe('info: gave up: cat entered FATAL state, too many start retries too quickly');
  });

  it('gives up after one attempt with startretries=0', () => {
    expect(failUntilRest(0)).toMatchObject({ waits: [], tries: [1], last: { state: { name: 'FATAL' } } });
  });

  it('counts a failed spawn as it counts a quick exit', () => {
    const failed: Input = { kind: 'spawnFailed', run: runId(1), spawnError: "can't find command 'cat'" };
    const { last } = live(rulesFor(), [
      [0, start],
      [0, deadline],
      [0, failed],
    ]);
    expect(last.state).toMatchObject({ name: 'BACKOFF', attempts: 1, deadline: at(1) });
    expect(transitionsOf(last)).toMatchObject([{ tries: 1, pid: 0, spawnError: "can't find command 'cat'" }]);
    expect(effectLines(last)[0]).toBe("info: spawnerr: can't find command 'cat'");
  });

  it('is stopped at once, and keeps its count of attempts through stop and start', () => {
    const stopped = step(rulesFor(), exampleStates.BACKOFF, stop, at(1));
    expect(transitionsOf(stopped)).toMatchObject([{ from: 'BACKOFF', to: 'STOPPED', pid: 0 }]);
    const again = step(rulesFor(), step(rulesFor(), stopped.state, start, at(2)).state, deadline, at(2));
    expect(transitionsOf(again)).toMatchObject([{ from: 'STOPPED', to: 'STARTING', tries: 2 }]);
  });

  it('starts afresh from FATAL with all its retries', () => {
    const due = step(rulesFor(), exampleStates.FATAL, start, at(0)).state;
    expect(transitionsOf(step(rulesFor(), due, deadline, at(0)))).toMatchObject([{ from: 'FATAL', tries: 0 }]);
  });

  it('counts nothing after it was RUNNING', () => {
    const promoted = step(rulesFor(), exampleStates.STARTING, deadline, at(10)).state;
    const stopping = step(rulesFor(), promoted, stop, at(11)).state;
    expect(step(rulesFor(), stopping, exited(7, 0), at(12)).state).toMatchObject({ name: 'STOPPED', attempts: 0 });
  });
});

describe('exiting', () => {
  const cases: readonly [string, ProcessState, Input & { kind: 'exited' }, boolean, string][] = [
    ['an expected code', exampleStates.RUNNING, { kind: 'exited', run: runId(7), exit: exitCode(0) }, true, ''],
    [
      'another code',
      exampleStates.RUNNING,
      { kind: 'exited', run: runId(7), exit: exitCode(5) },
      false,
      'Bad exit code 5',
    ],
    [
      'a signal',
      exampleStates.RUNNING,
      { kind: 'exited', run: runId(7), exit: killedBySegv },
      false,
      'Bad exit code -1',
    ],
    [
      'an end nobody saw',
      exampleStates.RUNNING,
      { kind: 'exited', run: runId(7), exit: unseen },
      false,
      'Bad exit code -1',
    ],
  ];

  it.each(cases)('judges %s', (_, state, input, expected, spawnError) => {
    const result = step(rulesFor(), state, input, at(60));
    expect(transitionsOf(result)).toMatchObject([{ to: 'EXITED', expected, spawnError, pid: 100, exit: input.exit }]);
    expect(crashesOf(result)).toHaveLength(expected ? 0 : 1);
  });

  it('tells of a crash how long the run lasted', () => {
    const result = step(rulesFor(), exampleStates.RUNNING, exited(7, 5), at(60));
    expect(crashesOf(result)).toMatchObject([{ crash: { ranForUs: 60_000_000, fatal: false, pid: 100 } }]);
  });

  it.each([
    ['always', 0, true],
    ['always', 5, true],
    ['unexpected', 0, false],
    ['unexpected', 5, true],
    ['never', 5, false],
  ] as const)('with autorestart %s, exit %d starts again: %s', (autorestart, code, restarts) => {
    const { state } = step(rulesFor({ autorestart }), exampleStates.RUNNING, exited(7, code), at(60));
    expect(deadlineOf(state)).toBe(restarts ? at(60) : undefined);
  });

  it('restarts without delay and without counting attempts', () => {
    const { state } = step(rulesFor(), exampleStates.RUNNING, exited(7, 5), at(60));
    const again = step(rulesFor(), state, deadline, at(60));
    expect(transitionsOf(again)).toMatchObject([{ from: 'EXITED', to: 'STARTING', tries: 0, run: 8 }]);
  });

  it('calls it no crash when a person had us send the signal, yet expects it as little as Supervisor does', () => {
    const signalled = step(rulesFor(), exampleStates.RUNNING, { kind: 'signal', signal: 'SEGV' }, at(1)).state;
    const result = step(rulesFor(), signalled, { kind: 'exited', run: runId(7), exit: killedBySegv }, at(2));
    expect(crashesOf(result)).toEqual([]);
    expect(transitionsOf(result)).toMatchObject([{ to: 'EXITED', expected: false }]);
    expect(deadlineOf(result.state)).toBe(at(2));
  });
});

describe('stopping', () => {
  it('sends the stop signal, then SIGKILL every stopwaitsecs for ever', () => {
    const rules = rulesFor({ stopsignal: 'INT', stopwaitsecs: 3 });
    let result = step(rules, exampleStates.RUNNING, stop, at(0));
    expect(effectLines(result).at(-1)).toBe('send INT (stop)');
    for (const due of [3, 6, 9]) {
      expect(deadlineOf(result.state)).toBe(at(due));
      expect(effectLines(step(rules, result.state, deadline, at(due - 0.001)))).toEqual([]);
      result = step(rules, result.state, deadline, at(due));
      expect(effectLines(result).at(-1)).toBe('send KILL (kill)');
    }
  });

  it('never kills in a tight loop, even with stopwaitsecs=0', () => {
    const rules = rulesFor({ stopwaitsecs: 0 });
    const stopping = step(rules, exampleStates.RUNNING, stop, at(0)).state;
    expect(deadlineOf(stopping)).toBe(at(0));
    expect(deadlineOf(step(rules, stopping, deadline, at(0)).state)).toBe(at(1));
  });

  it('signals the group where the spec says so', () => {
    const rules = rulesFor({ stopasgroup: true, killasgroup: true });
    const stopping = step(rules, exampleStates.RUNNING, stop, at(0));
    expect(effectLines(stopping).slice(1)).toEqual([
      'debug: killing cat (pid 100) process group with signal SIGTERM',
      'send TERM to the group (stop)',
    ]);
    const killing = step(rules, stopping.state, deadline, at(10));
    expect(effectLines(killing).at(-1)).toBe('send KILL to the group (kill)');
  });

  it('has what is left of the group watched once the leader has obeyed', () => {
    const rules = rulesFor({ stopasgroup: true, killasgroup: true });
    const stopping = step(rules, exampleStates.RUNNING, stop, at(0)).state;
    const { effects } = step(rules, stopping, exited(7, 0), at(1));
    expect(effects.at(-1)).toEqual({ kind: 'watchGroup', leader: 100, until: at(10) });
  });

  it.each([
    [0, 'info: stopped: cat (exit status 0)'],
    [1, 'warn: stopped: cat (exit status 1)'],
  ])('tells of exit %d in the log', (code, line) => {
    const result = step(rulesFor(), exampleStates.STOPPING, exited(7, code), at(1));
    expect(effectLines(result)).toEqual(['STOPPING -> STOPPED', line]);
    expect(transitionsOf(result)).toMatchObject([{ pid: 100, exit: exitCode(code) }]);
  });

  it.each([
    ['hand', true],
    ['plan', false],
    ['shutdown', false],
  ] as const)('by %s is remembered as by hand: %s', (cause, stoppedByHand) => {
    const stopping = step(rulesFor(), exampleStates.RUNNING, { kind: 'stop', cause }, at(0)).state;
    expect(step(rulesFor(), stopping, exited(7, 0), at(1)).state).toMatchObject({ name: 'STOPPED', stoppedByHand });
  });

  it('by hand is what counts when a plan had begun it', () => {
    const also = step(rulesFor(), exampleStates.STOPPING, stop, at(0));
    expect(also.answer).toBe('not-running');
    expect(step(rulesFor(), also.state, exited(7, 0), at(1)).state).toMatchObject({ stoppedByHand: true });
  });

  it('holds against a plan, until a person starts it', () => {
    const { STOPPED: stopped } = exampleStates;
    expect(step(rulesFor(), stopped, { kind: 'start', cause: 'plan' }, at(0)).answer).toBe('held');
    const due = step(rulesFor(), stopped, start, at(0));
    expect(due).toMatchObject({ answer: 'taken', state: { stoppedByHand: false, startAt: at(0) } });
  });

  it('keeps down what was about to come up', () => {
    const { state } = step(rulesFor(), exampleStates['EXITED, start due'], stop, at(0));
    expect(state).toMatchObject({ name: 'STOPPED', stoppedByHand: true, startAt: undefined });
  });

  it('stops a child that came after the stop was asked for', () => {
    const asked = step(rulesFor(), exampleStates['STARTING, launching'], stop, at(0)).state;
    const result = step(rulesFor(), asked, spawned(7), at(0));
    expect(result.state).toMatchObject({ name: 'STOPPING', cause: 'hand' });
  });

  it('is not undone by a start', () => {
    expect(step(rulesFor(), exampleStates.STOPPING, start, at(0))).toMatchObject({
      answer: 'stopping',
      state: exampleStates.STOPPING,
    });
  });
});

describe('signalling', () => {
  it('goes to the child alone, whatever the spec says of groups', () => {
    const result = step(rulesFor({ stopasgroup: true }), exampleStates.RUNNING, exampleInputs['signal HUP'], at(0));
    expect(effectLines(result)).toEqual(['debug: sending cat (pid 100) sig SIGHUP', 'send HUP (signal)']);
  });

  it('that is refused leaves the process UNKNOWN until its end is heard of', () => {
    const refused: Input = { kind: 'signalUnsent', run: runId(7), purpose: 'signal', refusal: 'no permission' };
    const unknown = step(rulesFor(), exampleStates.RUNNING, refused, at(0));
    expect(effectLines(unknown)).toEqual([
      'critical: unknown problem sending sig cat (100):no permission',
      'RUNNING -> UNKNOWN',
    ]);
    expect(step(rulesFor(), unknown.state, exited(7, 5), at(1)).state).toMatchObject({
      name: 'EXITED',
      startAt: at(1),
    });
  });

  it('that cannot end it leaves a stop asked for: its end is no reason to start it again', () => {
    const unknown = step(rulesFor(), exampleStates.STOPPING, exampleInputs['stop signal refused'], at(0)).state;
    expect(step(rulesFor(), unknown, exited(7, 5), at(1)).state).toMatchObject({
      name: 'STOPPED',
      stoppedByHand: false,
    });
  });
});

describe('shutting down', () => {
  const rules = rulesFor({ autorestart: 'always' }, true);

  it('starts nothing', () => {
    expect(step(rules, exampleStates.STOPPED, start, at(0)).answer).toBe('shutting-down');
    expect(deadlineOf(step(rules, exampleStates.RUNNING, exited(7, 5), at(0)).state)).toBeUndefined();
    expect(deadlineOf(step(rules, exampleStates['EXITED, start due'], deadline, at(10)).state)).toBeUndefined();
    expect(step(rules, exampleStates.BACKOFF, deadline, at(10)).state.name).toBe('FATAL');
  });

  it('makes FATAL of BACKOFF without a line and without a crash', () => {
    expect(effectLines(step(rules, exampleStates.BACKOFF, { kind: 'stop', cause: 'shutdown' }, at(0)))).toEqual([
      'BACKOFF -> FATAL',
    ]);
  });
});

describe('news of an older run', () => {
  it.each(Object.entries(exampleStates))('changes nothing in %s', (_, state) => {
    for (const run of [runId(6), runId(8)]) {
      const inputs: Input[] = [
        { kind: 'exited', run, exit: exitCode(1) },
        { kind: 'spawned', run, pid: 1 },
        { kind: 'spawnFailed', run, spawnError: 'no' },
        { kind: 'signalUnsent', run, purpose: 'kill', refusal: 'no' },
      ];
      for (const input of inputs) expect(step(rulesFor(), state, input, at(20))).toMatchObject({ state, effects: [] });
    }
  });
});
