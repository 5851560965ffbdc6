/** What agents send, in the domain's words. Throws FleetError `invalid` where a message cannot be what it claims. */
import type { ConfigProblem } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import {
  type CommandDone,
  EventBody,
  type Exit as WireExit,
  type ProcessName as WireName,
  type ConfigProblem as WireProblem,
  type TargetResult as WireResult,
  type ProcessStatus as WireStatus,
} from '@fleetvisor/protocol/common';
import type {
  CommandUpdate,
  ConfigStatus,
  Event,
  ConfigFacts as WireConfigFacts,
  StateDelta as WireDelta,
} from '@fleetvisor/protocol/link';
import type { ActionResult, TargetResult } from '../fleet/action.ts';
import type { ConfigFacts, OfferStatus } from '../fleet/config-facts.ts';
import type { Exit, ProcessName, ProcessStatus } from '../fleet/process-status.ts';
import type { StateDelta } from '../fleet/process-table.ts';
import type { NewEvent } from '../store/events.ts';
import { layers, outcomes, phases, reader, states } from '../wire/words.ts';

const outcomeOf = reader(outcomes);
const phaseOf = reader(phases);
const stateOf = reader(states);
const layerOf = reader(layers);

export function statusFromWire(status: WireStatus): ProcessStatus {
  return {
    ...status,
    process: nameFromWire(status.process),
    state: stateOf(status.state) ?? 'UNKNOWN',
    layer: layerOf(status.layer) ?? 'local',
    lastExit: status.lastExit && exitFromWire(status.lastExit),
  };
}

export function deltaFromWire({ base, version, upserts, removals }: WireDelta): StateDelta {
  return { base, version, upserts: upserts.map(statusFromWire), removals: removals.map(nameFromWire) };
}

export function configFactsFromWire(facts: WireConfigFacts | undefined): ConfigFacts {
  const phase = facts && phaseOf(facts.lastAttemptPhase);
  const ref = facts?.lastAttempt;
  return {
    running: facts?.running,
    lastAttempt: ref && phase && { ref, phase, problems: facts.lastAttemptProblems.map(problemFromWire) },
    lastKnownGood: facts?.lastKnownGood,
  };
}

export function offerStatusFromWire(status: ConfigStatus): OfferStatus {
  const phase = phaseOf(status.phase);
  if (status.to === undefined || phase === undefined) {
    throw new FleetError('invalid', 'a ConfigStatus does not say which desired state has reached which phase');
  }
  const { nonce, to, running } = status;
  const problems = status.problems.map(problemFromWire);
  return { nonce, to, phase, problems, running, results: status.results.map(resultFromWire) };
}

export function actionResultFromWire({ outcome, results, changes, message, problems }: CommandUpdate): ActionResult {
  return {
    outcome: outcomeOf(outcome) ?? 'failed',
    results: results.map(resultFromWire),
    changes,
    message,
    problems: problems.map(problemFromWire),
  };
}

/** An event as it is stored, and, where it tells of a command that was carried out, that command. */
export interface ReadEvent {
  readonly event: NewEvent;
  readonly done: { readonly commandId: string; readonly result: ActionResult } | undefined;
}

/** The body is stored as it came. One that cannot be read (damaged, or a later version's) is stored as `unknown`. */
export function eventFromWire({ seq, atUs, body }: Event): ReadEvent {
  const kind = bodyOf(body);
  const { group, process } = whereOf(kind);
  const event = { seq, atUs, kind: kind?.$case ?? 'unknown', group, process, body };
  return { event, done: kind?.$case === 'commandDone' ? doneFromWire(kind.value) : undefined };
}

export function problemFromWire({ file, line, section, option, message }: WireProblem): ConfigProblem {
  return { file, line, section: section || undefined, option: option || undefined, message };
}

function bodyOf(body: Uint8Array): EventBody['kind'] {
  try {
    return EventBody.decode(body).kind;
  } catch {
    return undefined; // what cannot be read is kept all the same
  }
}

function whereOf(kind: EventBody['kind']): { group: string; process: string } {
  switch (kind?.$case) {
    case 'transition':
    case 'crash':
    case 'crashRepeat':
    case 'outputLost':
      return { group: kind.value.process?.group ?? '', process: kind.value.process?.name ?? '' };
    case 'groupChanged':
      return { group: kind.value.group, process: '' };
    default:
      return { group: '', process: '' };
  }
}

function doneFromWire({ commandId, outcome, results }: CommandDone): ReadEvent['done'] {
  const result: ActionResult = {
    outcome: outcomeOf(outcome) ?? 'failed',
    results: results.map(resultFromWire),
    changes: undefined,
    message: '',
    problems: [],
  };
  return { commandId, result };
}

function resultFromWire({ target, process, outcome, message }: WireResult): TargetResult {
  return { target, process, outcome: outcomeOf(outcome) ?? 'failed', message };
}

function nameFromWire(name: WireName | undefined): ProcessName {
  if (name === undefined || name.name === '') throw new FleetError('invalid', 'a process without a name was reported');
  return name;
}

function exitFromWire({ how, coreDumped }: WireExit): Exit {
  switch (how?.$case) {
    case 'code':
      return { kind: 'code', code: how.value };
    case 'signal':
      return { kind: 'signal', number: how.value, coreDumped };
    default:
      return { kind: 'unknown' };
  }
}
