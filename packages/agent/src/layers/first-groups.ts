/**
 * The first process groups of an agent's life, both layers together in Supervisor's start order. Where another agent has
 * ended without stopping its programs each layer goes on as it was left, or begins afresh if it was being stopped on
 * purpose. A program that still runs is taken over in any case, and none is started beside it.
 */
import { formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { LeftLife } from '../state/agent-life.ts';
import type { Ending } from '../supervision/ending.ts';
import { byPriority } from '../supervision/order.ts';
import type { KnownChild } from '../supervision/ports.ts';
import { isAboutToStart, isStoppedForNow, type ProcessState } from '../supervision/process/state.ts';
import type { Layer, ProcessName } from '../supervision/status.ts';
import type { ActiveGroup, AddGroupOptions, Supervisor } from '../supervision/supervisor.ts';
import { childLeft, type LeftRecords } from './left-records.ts';

export interface FirstGroupsParts {
  readonly supervisor: Pick<Supervisor, 'addGroup' | 'apply'>;
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
  const { supervisor, left, records, isAlive, stopped } = parts;
  const down = new Set(stopped.map(formatNamespec));
  const adopted: ProcessName[] = [];
  const recordIn = (layer: Layer): NonNullable<AddGroupOptions['left']> => {
    return (name) => {
      const record = records(name);
      const child = record && childLeft(record);
      const lives = child !== undefined && isAlive(child);
      if (lives) adopted.push(name);
      // A layer that begins afresh takes over what lives, and nothing else.
      return lives || goesOn(left, layer) ? record : undefined;
    };
  };
  const groups = firstGroups(parts);
  for (const { spec, layer } of groups) {
    const stoppedByHand = (process: ProcessName) => down.has(formatNamespec(process));
    supervisor.addGroup(spec, layer, { stoppedByHand, left: recordIn(layer), goesOn: goesOn(left, layer) });
  }
  const lives = new Set(adopted.map(formatNamespec));
  for (const group of groups) restartWhatMust(parts, group, lives);
  return adopted;
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
function restartWhatMust(parts: FirstGroupsParts, { spec, layer }: ActiveGroup, lives: Set<string>): void {
  const { supervisor, log } = parts;
  for (const process of spec.processes) {
    const reason = whyRestart(parts, { spec, layer }, process, lives.has(formatNamespec(process)));
    if (reason === undefined) continue;
    supervisor.apply({ kind: 'restart-process', group: spec, spec: process, changed: [], reason }, layer).then(
      ({ settled }) => settled,
      (error) => log('critical', `cannot restart ${formatNamespec(process)}: ${messageOf(error)}`),
    );
  }
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
