/**
 * The host's own programs: the main file and its includes, as last read. `reread`, `update` and HUP compare this layer with
 * its files and never touch what the fleet has given the host.
 */
import {
  type ConfigProblem,
  diffGroups,
  findLayerClashes,
  type ParsedConfig,
  type ParseResult,
  type ProcessGroupSpec,
} from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import type { AgentEvent } from '../events/event.ts';
import type { ActionResult, GroupChanges, TargetResult } from '../supervision/action.ts';
import { byPriority } from '../supervision/order.ts';
import type { PlannedAction } from '../supervision/plan-action.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { type AppliedStep, applyPlan, failedStep, targetOf } from './apply-plan.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { oneOfEachName } from './one-of-each-name.ts';

export interface LocalLayerParts {
  readonly supervisor: Supervisor;
  readonly changes: OneAtATime;
  /** As the agent was started with it. */
  readonly config: ParsedConfig;
  /** Parses the files as they are now. */
  readonly read: () => ParseResult;
  readonly record: (event: AgentEvent) => void;
  /** The files were read again, for whatever reason, and are sound. */
  readonly onRead: (config: ParsedConfig) => void;
}

/** The files as they are now, and what they would change. */
export type LocalFiles =
  | {
      readonly ok: true;
      readonly config: ParsedConfig;
      readonly groups: readonly ProcessGroupSpec[];
      readonly changes: GroupChanges;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

type SoundFiles = Extract<LocalFiles, { ok: true }>;

/** What a restart tells whoever asked for it, in this order. */
export interface RestartCourse {
  /** Another change of what the host runs is under way. */
  readonly waits: () => void;
  /** Its turn has come: everything is told to stop now. */
  readonly begins: () => void;
  /** All is stopped, and the files have been broken meanwhile: they count as they were before. */
  readonly broken: (problems: readonly ConfigProblem[]) => void;
  /** All is stopped, and nothing starts before this resolves. */
  readonly between: (config: ParsedConfig) => Promise<void>;
}

export class LocalLayer {
  readonly #parts: LocalLayerParts;
  /** What `addGroup` adds from: the groups as last read. */
  #configured: readonly ProcessGroupSpec[];

  constructor(parts: LocalLayerParts) {
    this.#parts = parts;
    this.#configured = parts.config.groups;
  }

  /** What is active of this layer. */
  groups(): readonly ProcessGroupSpec[] {
    return this.#active('local');
  }

  /** The groups as the files had them when they were last read, active or not; also a second one of a name, which never is. */
  configured(): readonly ProcessGroupSpec[] {
    return this.#configured;
  }

  /** Reads the files and compares them with what is active; changes nothing. Of broken files nothing is remembered. */
  readFiles(): LocalFiles {
    const parsed = this.#parts.read();
    if (!parsed.ok) return parsed;
    const { config } = parsed;
    const groups = oneOfEachName(config.groups);
    const clashes = findLayerClashes(this.#active('fleet'), groups);
    if (clashes.length > 0) return { ok: false, problems: clashes };
    this.#configured = config.groups;
    this.#parts.onRead(config);
    return { ok: true, config, groups, changes: diffGroups(this.#active('local'), groups) };
  }

  /** Says what differs between the files and what is active, in the words of the doors. */
  reread(): ActionResult {
    const files = this.readFiles();
    if (!files.ok) return refused(files.problems);
    return { outcome: 'ok', results: [], changes: files.changes, message: '', problems: [] };
  }

  /** Applies the difference by process groups, as supervisorctl update does; `names` restricts it, empty means all. */
  update(names: readonly string[]): Promise<ActionResult> {
    return this.#parts.changes.run(() => this.#update(names));
  }

  /** Adds one group as the files had it when they were last read: supervisorctl add. */
  addGroup(name: string): 'added' | 'already-added' | 'no-such-group' {
    const group = this.#configured.find((candidate) => candidate.name === name);
    if (group === undefined) return 'no-such-group';
    if (this.#parts.supervisor.groups().some(({ spec }) => spec.name === name)) return 'already-added';
    this.#parts.supervisor.addGroup(group, 'local');
    return 'added';
  }

  /** Removes one group that is stopped: supervisorctl remove. What the fleet has given is not a host's to remove. */
  removeGroup(name: string): 'removed' | 'still-running' | 'no-such-group' | 'not-local' {
    const { supervisor } = this.#parts;
    const group = supervisor.groups().find(({ spec }) => spec.name === name);
    if (group === undefined) return 'no-such-group';
    if (group.layer !== 'local') return 'not-local';
    try {
      supervisor.removeGroup(name);
      return 'removed';
    } catch (error) {
      if (error instanceof FleetError && error.code === 'conflict') return 'still-running';
      throw error;
    }
  }

  /**
   * What HUP means: everything of this layer stops in the order of a shutdown, then starts anew from the files, those too
   * that a person had stopped. It waits for its turn: until then everything runs on.
   * @param asked the files as `readFiles` found them when it was asked for
   * @throws FleetError `conflict` naming the groups that could not be added; the others are
   */
  restart(asked: SoundFiles, course: RestartCourse): Promise<void> {
    if (this.#parts.changes.isBusy) course.waits();
    return this.#parts.changes.run(async () => {
      const { supervisor, record } = this.#parts;
      if (supervisor.isShuttingDown) return;
      course.begins();
      const before = this.groups();
      await supervisor.clearLayer('local');
      if (supervisor.isShuttingDown) return;
      const { config, groups } = this.#readOnceStopped(asked, course);
      await course.between(config);
      if (supervisor.isShuttingDown) return;
      const additions = byPriority(groups).map((group) => addition(group, 'restart asked for'));
      const { steps } = await applyPlan(supervisor, additions, 'local');
      const wereThere = new Set(before.map(({ name }) => name));
      const changed = groups.map(({ name }) => name).filter((name) => wereThere.has(name));
      const changes = { ...diffGroups(before, groups), changed };
      record({ kind: 'configChanged', to: undefined, phase: 'applied', problems: [], changes });
      // An offer that was applied meanwhile may have brought a group of the same name.
      const left = steps.filter(({ error }) => error !== '').map(({ error }) => error);
      if (left.length > 0) throw new FleetError('conflict', left.join('; '));
    });
  }

  /** To stop everything may take long: what counts is in the files by then, as in Supervisor, unless they are broken by then. */
  #readOnceStopped(asked: SoundFiles, course: RestartCourse): SoundFiles {
    const now = this.readFiles();
    if (now.ok) return now;
    course.broken(now.problems);
    return asked;
  }

  async #update(names: readonly string[]): Promise<ActionResult> {
    const files = this.readFiles();
    if (!files.ok) return refused(files.problems);
    const unknown = this.#unknownNames(names, files.changes);
    const meant = (name: string) => names.length === 0 || names.includes('all') || names.includes(name);
    const changes = only(files.changes, meant);
    const done = await this.#carryOut(updatePlan(changes, files.groups), changes);
    const outcome = unknown.length > 0 ? 'failed' : done.outcome;
    return { ...done, outcome, results: [...unknown, ...done.results] };
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
