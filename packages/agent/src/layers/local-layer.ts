/**
 * The host's own programs: the main file and its includes, as last read. `reread`, `update` and HUP compare this layer with
 * its files and never touch what the fleet has given the host.
 */
import {
  type ConfigProblem,
  diffGroups,
  findLayerClashes,
  type ParseResult,
  type ProcessGroupSpec,
} from '@fleetvisor/config';
import type { AgentEvent } from '../events/event.ts';
import type { ActionResult, GroupChanges, TargetResult } from '../supervision/action.ts';
import type { PlannedAction } from '../supervision/plan-action.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { type AppliedStep, applyPlan, failedStep, targetOf } from './apply-plan.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { runnableGroups } from './runnable-groups.ts';

export interface LocalLayerParts {
  readonly supervisor: Supervisor;
  readonly changes: OneAtATime;
  /** Parses the files as they are now. */
  readonly read: () => ParseResult;
  readonly record: (event: AgentEvent) => void;
  readonly warn: (text: string) => void;
}

type Reread =
  | { readonly ok: true; readonly wanted: readonly ProcessGroupSpec[]; readonly changes: GroupChanges }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export class LocalLayer {
  readonly #parts: LocalLayerParts;
  /** One that has been asked for and has not begun: asking again adds nothing to it. */
  #restart: Promise<ActionResult> | undefined;

  constructor(parts: LocalLayerParts) {
    this.#parts = parts;
  }

  /** What is active of this layer. */
  groups(): readonly ProcessGroupSpec[] {
    return this.#active('local');
  }

  /** Says what differs between the files and what is active; changes nothing. */
  reread(): ActionResult {
    const reread = this.#compare();
    if (!reread.ok) return refused(reread.problems);
    return { outcome: 'ok', results: [], changes: reread.changes, message: '', problems: [] };
  }

  /** Applies the difference by process groups, as supervisorctl update does; `names` restricts it, empty means all. */
  update(names: readonly string[]): Promise<ActionResult> {
    return this.#parts.changes.run(() => this.#update(names));
  }

  /**
   * What HUP means: everything of this layer stops in the order of a shutdown, then starts anew from the files, those too
   * that a person had stopped. A broken config changes nothing.
   */
  restart(): Promise<ActionResult> {
    this.#restart ??= this.#parts.changes.run(() => {
      this.#restart = undefined;
      return this.#startAnew();
    });
    return this.#restart;
  }

  async #update(names: readonly string[]): Promise<ActionResult> {
    const reread = this.#compare();
    if (!reread.ok) return refused(reread.problems);
    const unknown = this.#unknownNames(names, reread.changes);
    const meant = (name: string) => names.length === 0 || names.includes('all') || names.includes(name);
    const changes = only(reread.changes, meant);
    const done = await this.#carryOut(updatePlan(changes, reread.wanted), changes);
    const outcome = unknown.length > 0 ? 'failed' : done.outcome;
    return { ...done, outcome, results: [...unknown, ...done.results] };
  }

  async #startAnew(): Promise<ActionResult> {
    const reread = this.#compare();
    if (!reread.ok) return refused(reread.problems);
    const added = new Set(reread.changes.added);
    const changed = reread.wanted.map(({ name }) => name).filter((name) => !added.has(name));
    return this.#carryOut(restartPlan(this.groups(), reread.wanted), { ...reread.changes, changed });
  }

  async #carryOut(plan: readonly PlannedAction[], changes: GroupChanges): Promise<ActionResult> {
    const { steps } = await applyPlan(this.#parts.supervisor, plan, 'local');
    const results = steps.flatMap(wordsOf);
    if (plan.length > 0) {
      this.#parts.record({ kind: 'configChanged', to: undefined, phase: 'applied', problems: [], changes });
    }
    const isFailed = results.some((result) => result.outcome !== 'ok');
    const outcome = isFailed ? 'failed' : plan.length === 0 ? 'no-change' : 'ok';
    return { outcome, results, changes, message: '', problems: [] };
  }

  #compare(): Reread {
    const parsed = this.#parts.read();
    if (!parsed.ok) return parsed;
    const wanted = runnableGroups(parsed.config.groups, this.#parts.warn);
    const fleet = this.#active('fleet');
    const clashes = findLayerClashes(fleet, wanted);
    if (clashes.length > 0) return { ok: false, problems: clashes };
    return { ok: true, wanted, changes: diffGroups(this.#active('local'), wanted) };
  }

  #active(layer: 'local' | 'fleet'): readonly ProcessGroupSpec[] {
    return this.#parts.supervisor
      .groups()
      .filter((group) => group.layer === layer)
      .map((group) => group.spec);
  }

  /** Supervisorctl update names a group that is neither active nor added. */
  #unknownNames(names: readonly string[], changes: GroupChanges): TargetResult[] {
    const known = new Set([...this.#active('local').map((group) => group.name), ...changes.added, 'all']);
    return names
      .filter((name) => !known.has(name))
      .map((name) => ({ target: name, process: undefined, outcome: 'no-match', message: 'ERROR (no such group)' }));
  }
}

function refused(problems: readonly ConfigProblem[]): ActionResult {
  const message = 'the configuration has errors; nothing was changed';
  return { outcome: 'rejected', results: [], changes: undefined, message, problems };
}

function only(changes: GroupChanges, meant: (name: string) => boolean): GroupChanges {
  return {
    added: changes.added.filter(meant),
    changed: changes.changed.filter(meant),
    removed: changes.removed.filter(meant),
  };
}

/** Supervisor's order: removed, changed, added. */
function updatePlan(changes: GroupChanges, wanted: readonly ProcessGroupSpec[]): PlannedAction[] {
  const named = (name: string) => wanted.filter((group) => group.name === name).slice(0, 1);
  return [
    ...changes.removed.map((name) => removal(name, 'no longer in its file')),
    ...changes.changed
      .flatMap(named)
      .map((group): PlannedAction => ({ kind: 'replace-group', group, reason: 'changed in its file' })),
    ...changes.added.flatMap(named).map((group) => addition(group, 'new in its file')),
  ];
}

/** Nothing starts before the last has stopped. Both are in start order. */
function restartPlan(active: readonly ProcessGroupSpec[], wanted: readonly ProcessGroupSpec[]): PlannedAction[] {
  const reason = 'restart asked for';
  return [
    ...active.toReversed().map(({ name }) => removal(name, reason)),
    ...wanted.map((group) => addition(group, reason)),
  ];
}

function removal(name: string, reason: string): PlannedAction {
  return { kind: 'remove-group', name, reason };
}

function addition(group: ProcessGroupSpec, reason: string): PlannedAction {
  return { kind: 'add-group', group, reason };
}

/** What supervisorctl update prints for a step, without the name in front. */
function wordsOf(step: AppliedStep): TargetResult[] {
  if (step.error !== '') return [failedStep(step)];
  const { action } = step;
  const line = (message: string): TargetResult => {
    return { target: targetOf(action), process: undefined, outcome: 'ok', message };
  };
  if (action.kind === 'remove-group') return [line('stopped'), line('removed process group')];
  if (action.kind === 'replace-group') return [line('stopped'), line('updated process group')];
  return [line('added process group')];
}
