/**
 * The first process groups of an agent's life, both layers together in Supervisor's start order. Where another agent has
 * ended without stopping its programs each layer goes on as it was left, or begins afresh if it was being stopped on
 * purpose. A program that still runs is taken over in any case, and none is started beside it: also one that was being
 * stopped and that is to run no more, to be stopped.
 */
import { formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { LeftLife } from '../state/agent-life.ts';
import type { Ending } from '../supervision/ending.ts';
import { byPriority } from '../supervision/order.ts';
import type { PlannedAction } from '../supervision/plan-action.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { isAboutToStart, isStoppedForNow, type ProcessState } from '../supervision/process/state.ts';
import type { Layer, ProcessName } from '../supervision/status.ts';
import type { ActiveGroup, AddGroupOptions, Supervisor } from '../supervision/supervisor.ts';
import { childLeft, type LeftRecords } from './left-records.ts';
import type { OneAtATime } from './one-at-a-time.ts';

export interface FirstGroupsParts {
  readonly supervisor: Pick<Supervisor, 'addGroup' | 'apply'>;
  /** What must be stopped or restarted is one change among the others. */
  readonly changes: Pick<OneAtATime, 'run'>;
  readonly left: LeftLife | undefined;
  readonly records: LeftRecords;
  readonly isAlive: (child: KnownChild) => boolean;
  /** The groups of a layer that begins afresh. */
  readonly fresh: (layer: Layer) => readonly ProcessGroupSpec[];
  /** What a person had stopped. */
  readonly stopped: readonly ProcessName[];
  /** Whether it is an event listener that goes on with the event that it has in hand; none does unless told. */
  readonly isListening?: ((process: ProcessName) => boolean) | undefined;
  readonly log: MainLogWriter['log'];
}

/** Which layers go on as they were. */
export function goesOn(left: LeftLife | undefined, layer: Layer): boolean {
  return left !== undefined && !beganToEnd[left.ending].includes(layer);
}

const beganToEnd: Readonly<Record<Ending, readonly Layer[]>> = {
  nothing: [],
  local: ['local'],
  everything: ['local', 'fleet'],
};

/** @returns the processes whose children still run */
export function addFirstGroups(parts: FirstGroupsParts): readonly ProcessName[] {
  const { supervisor, left, stopped } = parts;
  const down = new Set(stopped.map(formatNamespec));
  const adopted: ProcessName[] = [];
  const recordIn = (layer: Layer): NonNullable<AddGroupOptions['left']> => {
    return (name) => {
      const lives = isLeftAlive(parts, name);
      if (lives) adopted.push(name);
      // A layer that begins afresh takes over what lives, and nothing else.
      return lives || goesOn(left, layer) ? parts.records(name) : undefined;
    };
  };
  const fresh = firstGroups(parts);
  const over = leftOver(parts, fresh);
  const isOver = new Set(over.map(({ group }) => group.spec.name));
  const groups = fresh.filter(({ spec }) => !isOver.has(spec.name));
  for (const { spec, layer } of [...groups, ...over.map(({ group }) => group)]) {
    const stoppedByHand = (process: ProcessName) => down.has(formatNamespec(process));
    supervisor.addGroup(spec, layer, { stoppedByHand, left: recordIn(layer), goesOn: goesOn(left, layer) });
  }
  const lives = new Set(adopted.map(formatNamespec));
  const due = [
    ...over.map(({ group: { layer }, action }) => ({ layer, action })),
    ...groups.flatMap((group) => restartsIn(parts, group, lives)),
  ];
  if (due.length > 0) void parts.changes.run(() => carryOut(parts, due));
  return adopted;
}

function isLeftAlive({ records, isAlive }: FirstGroupsParts, name: ProcessName): boolean {
  const record = records(name);
  const child = record && childLeft(record);
  return child !== undefined && isAlive(child);
}

interface DueAction {
  readonly layer: Layer;
  readonly action: PlannedAction;
}

/**
 * Of layers that begin afresh, what still runs though it is no more in them: the agent before had been told to stop it, and
 * the file was changed before that. It is there as it was until it is stopped, and then whatever has its name now.
 */
function leftOver(
  parts: FirstGroupsParts,
  fresh: readonly ActiveGroup[],
): readonly { readonly group: ActiveGroup; readonly action: PlannedAction }[] {
  const { left } = parts;
  return (left?.groups ?? []).flatMap(({ spec, layer }) => {
    const next = fresh.find((group) => group.spec.name === spec.name);
    if (goesOn(left, layer) || (next !== undefined && next.layer !== layer)) return [];
    const living = spec.processes.filter((process) => isLeftAlive(parts, process));
    const stays = new Set(next?.spec.processes.map(formatNamespec));
    if (living.every((process) => stays.has(formatNamespec(process)))) return [];
    const reason = 'it was being stopped when the agent ended, and is in the configuration no more';
    const action: PlannedAction =
      next === undefined
        ? { kind: 'remove-group', name: spec.name, reason }
        : { kind: 'replace-group', group: next.spec, reason };
    return [{ group: { spec: { ...spec, processes: living }, layer }, action }];
  });
}

function firstGroups({ left, fresh }: FirstGroupsParts): readonly ActiveGroup[] {
  const continued = (left?.groups ?? []).filter(({ layer }) => goesOn(left, layer));
  const afresh = (['local', 'fleet'] as const)
    .filter((layer) => !goesOn(left, layer))
    .flatMap((layer) => fresh(layer).map((spec) => ({ spec, layer, priority: spec.priority })));
  return [...continued, ...byPriority(afresh)];
}

/**
 * What was being stopped is stopped, and then started as everything else of its layer; what was being restarted is
 * started. An event listener is restarted, because nobody knows which event it was at.
 */
function restartsIn(parts: FirstGroupsParts, group: ActiveGroup, lives: Set<string>): readonly DueAction[] {
  const { spec, layer } = group;
  return spec.processes.flatMap((process) => {
    const reason = whyRestart(parts, group, process, lives.has(formatNamespec(process)));
    if (reason === undefined) return [];
    return [{ layer, action: { kind: 'restart-process', group: spec, spec: process, changed: [], reason } }];
  });
}

/** All at once: none has to wait for another that takes long to stop. */
async function carryOut({ supervisor, log }: FirstGroupsParts, due: readonly DueAction[]): Promise<void> {
  await Promise.all(
    due.map(async ({ layer, action }) => {
      try {
        await supervisor.apply(action, layer);
      } catch (error) {
        log('critical', `cannot go on with what the agent before was at (${action.kind}): ${messageOf(error)}`);
      }
    }),
  );
}

function whyRestart(
  { left, records, isListening = () => false }: FirstGroupsParts,
  { spec, layer }: ActiveGroup,
  process: ProcessName,
  lives: boolean,
): string | undefined {
  if (lives && spec.kind === 'eventlistener' && !isListening(process)) return 'nobody knows which event it was at';
  if (left === undefined) return undefined;
  if (!goesOn(left, layer)) return lives ? 'it was being stopped when the agent ended' : undefined;
  const state = records(process)?.state;
  // An agent that was to start it again may have been killed in its turn.
  const isToStart = state !== undefined && (isStoppedForNow(state) || isHalfRestarted(state));
  return isToStart ? 'it was being restarted when the agent ended' : undefined;
}

/** Stopped, or on its way there, and by nobody who wants it down: whoever meant to start it again is gone. */
function isHalfRestarted(state: ProcessState): boolean {
  if (state.name === 'STOPPING') return state.cause === 'plan';
  return state.name === 'STOPPED' && state.wasAttempted && !state.stoppedByHand && !isAboutToStart(state);
}
