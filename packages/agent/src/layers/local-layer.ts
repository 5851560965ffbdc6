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
import { applyPlan } from './apply-plan.ts';
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
    return this.#parts.changes.run(() => this.#apply(names, false));
  }

  /** What HUP means: everything of this layer stops and starts anew from the files; a broken config changes nothing. */
  restart(): Promise<ActionResult> {
    return this.#parts.changes.run(() => this.#apply([], true));
  }

  async #apply(names: readonly string[], restartAll: boolean): Promise<ActionResult> {
    const reread = this.#compare();
    if (!reread.ok) return refused(reread.problems);
    const changes = restartAll ? { ...reread.changes, changed: this.#kept(reread) } : reread.changes;
    const unknown = this.#unknownNames(names, changes);
    const meant = (name: string) => names.length === 0 || names.includes('all') || names.includes(name);
    const plan = updatePlan(
      only(changes, meant),
      reread.wanted,
      restartAll ? 'restart asked for' : 'changed in its file',
    );
    const applied = await applyPlan(this.#parts.supervisor, plan, 'local');
    const results = [...unknown, ...applied.steps.flatMap((step) => wordsOf(step.action, step.error))];
    const failed = results.some((result) => result.outcome !== 'ok');
    const done = only(changes, meant);
    if (plan.length > 0) {
      this.#parts.record({ kind: 'configChanged', to: undefined, phase: 'applied', problems: [], changes: done });
    }
    const outcome = failed ? 'failed' : plan.length === 0 ? 'no-change' : 'ok';
    return { outcome, results, changes: done, message: '', problems: [] };
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

  #kept(reread: { readonly wanted: readonly ProcessGroupSpec[]; readonly changes: GroupChanges }): readonly string[] {
    const added = new Set(reread.changes.added);
    return reread.wanted.map((group) => group.name).filter((name) => !added.has(name));
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
function updatePlan(changes: GroupChanges, wanted: readonly ProcessGroupSpec[], why: string): PlannedAction[] {
  const spec = (name: string) => wanted.filter((group) => group.name === name).slice(0, 1);
  return [
    ...changes.removed.map((name): PlannedAction => ({ kind: 'remove-group', name, reason: 'no longer in its file' })),
    ...changes.changed.flatMap(spec).map((group): PlannedAction => ({ kind: 'replace-group', group, reason: why })),
    ...changes.added
      .flatMap(spec)
      .map((group): PlannedAction => ({ kind: 'add-group', group, reason: 'new in its file' })),
  ];
}

/** What supervisorctl update prints for a step, without the name in front. */
function wordsOf(action: PlannedAction, error: string): TargetResult[] {
  const target = action.kind === 'remove-group' ? action.name : action.group.name;
  const line = (message: string): TargetResult => ({ target, process: undefined, outcome: 'ok', message });
  if (error !== '') return [{ target, process: undefined, outcome: 'failed', message: error }];
  if (action.kind === 'remove-group') return [line('stopped'), line('removed process group')];
  if (action.kind === 'replace-group') return [line('stopped'), line('updated process group')];
  return [line('added process group')];
}
