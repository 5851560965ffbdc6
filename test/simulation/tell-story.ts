/** Tells one story from beginning to end: trouble, calm, a last push by a person, and rest; checkers look on all the time. */

import type { Outcome } from '../../packages/controller/src/fleet/action.ts';
import { allCheckers } from './checkers/all.ts';
import type { Checker, MakeChecker } from './checkers/checker.ts';
import type { PushEnd } from './people.ts';
import { fileNames, ownConfig } from './plan/config-files.ts';
import { overAtMs, type Plan } from './plan/plan.ts';
import type { Sabotage } from './sabotage.ts';
import { World } from './world.ts';

export interface StoryParts {
  readonly plan: Plan;
  readonly disks: string;
  readonly sabotage?: Sabotage;
  readonly checkers?: readonly MakeChecker[];
}

export interface Story {
  /** Undefined: all held. */
  readonly violation: string | undefined;
  readonly lines: readonly string[];
  /** Of all that happened. */
  readonly digest: string;
  readonly steps: number;
  /** How much virtual time it took. */
  readonly ms: number;
}

const tickMs = 250;
const pollMs = 500;
/** What comes back by itself is back by then: a host that is sent away waits for a minute or two. */
const recoveryMs = 600_000;
/** Until hosts run what was pushed, and the controller has heard of it. */
const restMs = 300_000;
/** Of a push that a person waits for. */
const pushMs = 330_000;
/** Of an update that a person waits for. */
const updateMs = 60_000;
/** Until what commands and deaths have set going has ended. */
const settleMs = 30_000;
/** Of the last push, and the last edit of a host's own file: one that no plan has. */
const lastVersion = 100;
const roundsMax = 2;

export async function tellStory({ plan, disks, sabotage = {}, checkers = allCheckers }: StoryParts): Promise<Story> {
  using world = new World({ plan, sabotage, disks });
  const watching = checkers.map((make) => make(world));
  for (const { observer } of watching) if (observer !== undefined) world.observe(observer);
  try {
    world.begin();
    tick(world, watching);
    await world.pass(plan.calmFromMs);
    await makeCalm(world);
    await allOf(world, watching, 'atCalm');
    await world.pass(world.timeline.nowMs + settleMs);
    await everybodyIsBack(world);
    await updateAll(world, ['ok', 'no-change']);
    await pushToAll(world);
    await updateAll(world, ['no-change']);
    await allOf(world, watching, 'atRest');
    const { trace, timeline } = world;
    return {
      ...{ violation: world.violations[0], lines: trace.lines, digest: trace.digest() },
      ...{ steps: timeline.steps, ms: timeline.nowMs },
    };
  } finally {
    for (const checker of watching) checker[Symbol.dispose]?.();
  }
}

function tick(world: World, checkers: readonly Checker[]): void {
  for (const checker of checkers) {
    const wrong = checker.tick?.();
    if (wrong !== undefined) world.violated(checker.name, wrong);
  }
  world.timeline.after(tickMs, () => tick(world, checkers));
}

/** Nothing breaks any more: everybody comes back, delivers what waits, and hears how commands and rollouts have ended. */
async function makeCalm(world: World): Promise<void> {
  world.controller.spare();
  for (const host of world.hosts) {
    host.spare();
    // Who finds a broken file at its start waits for a person.
    host.edit(ownConfig(world.plan.seed, host.number, lastVersion), 'it is sound');
  }
  await world.pass(overAtMs(world.plan));
  if (world.violations.length > 0) return;
  world.trace.tell('world', 'nothing breaks any more');
  await everybodyIsBack(world);
}

function everybodyIsBack(world: World): Promise<void> {
  return until(world, recoveryMs, 'everybody comes back', () => {
    const { fleet } = world.controller;
    if (fleet === undefined) return 'the controller is away';
    if (fleet.rollouts.runningCount > 0) return 'a rollout is under way';
    for (const { name, hostId, engine } of world.hosts) {
      if (engine === undefined) return `${name} has no agent`;
      if (fleet.live.host(hostId)?.isConnected !== true) return `${name} is not connected`;
      const { nextSeq, ackedSeq } = engine.spool.position;
      if (ackedSeq + 1n < nextSeq) return `${name} has events that are not acknowledged`;
    }
    return undefined;
  });
}

/**
 * A person pushes every file once more: what was given up meanwhile is owed to somebody. A push may still fail over what
 * another file has brought before; then all are pushed again.
 */
async function pushToAll(world: World): Promise<void> {
  for (let round = 1; ; round++) {
    const ends: (PushEnd | undefined)[] = [];
    for (const file of fileNames) ends.push(await pushToEnd(world, file, lastVersion + round));
    const bad = fileNames.filter((_, i) => ends[i] !== 'succeeded' && ends[i] !== 'unchanged');
    if (bad.length === 0 || world.violations.length > 0) return;
    if (round === roundsMax) return world.violated('pushes end well', `${bad.join(', ')}: ${ends.join(', ')}`);
  }
}

/** Each host takes up its own file as it is by now. */
async function updateAll(world: World, allowed: readonly Outcome[]): Promise<void> {
  if (world.violations.length > 0) return;
  const { observers, people, hosts } = world;
  let outcomes: readonly Outcome[] | undefined;
  const numbers = hosts.map(({ number }) => number);
  observers.layerChanges('local');
  void people.command({ verb: 'update', groups: [] }, numbers).then((all) => {
    outcomes = all;
  });
  await until(world, updateMs, 'updates end', () => (outcomes === undefined ? 'it has not ended' : undefined));
  observers.layerChanged('local');
  const bad = outcomes?.filter((outcome) => !allowed.includes(outcome)) ?? [];
  if (bad.length > 0 || outcomes?.length !== numbers.length)
    world.violated('updates end well', `${outcomes?.join(', ')}; meant is ${allowed.join(' or ')}`);
}

async function pushToEnd(world: World, file: string, version: number): Promise<PushEnd | undefined> {
  let end: PushEnd | undefined;
  world.observers.layerChanges('fleet');
  void world.people.push(file, version, false).then((ended) => {
    end = ended;
  });
  await until(world, pushMs, 'pushes end', () => (end === undefined ? `that of ${file} has not ended` : undefined));
  world.observers.layerChanged('fleet');
  return end;
}

/** All that must be so by now is so, or will be in a while. */
async function allOf(world: World, checkers: readonly Checker[], when: 'atCalm' | 'atRest'): Promise<void> {
  for (const checker of checkers) {
    await until(world, restMs, checker.name, () => checker[when]?.());
  }
}

/** Lets time pass until nothing is missing any more; beyond the limit that is a violation. */
async function until(world: World, withinMs: number, what: string, missing: () => string | undefined): Promise<void> {
  const { timeline } = world;
  const untilUs = timeline.nowUs + withinMs * 1000;
  for (;;) {
    if (world.violations.length > 0) return;
    const wrong = missing();
    if (wrong === undefined) return;
    if (timeline.nowUs >= untilUs) return world.violated(what, `${wrong} (after ${withinMs / 1000} s)`);
    await world.pass(timeline.nowMs + pollMs);
  }
}
