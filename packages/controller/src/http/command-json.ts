/** A command, and what became of it, as JSON. */
import { Action } from '@fleetvisor/protocol/common';
import { CommandUpdate } from '@fleetvisor/protocol/link';
import type { HostCommand } from '../fleet/command-history.ts';
import type { CommandSummary } from '../store/commands.ts';
import * as json from './json.ts';

/**
 * `action` is the message of the contract in protobuf's JSON form, its verb in `verb`. `outcomes` counts the hosts by what
 * came of it there; `underWay` are those that have not said.
 */
export const commandSchema = {
  type: 'object',
  properties: {
    commandId: json.text,
    actor: json.text,
    reason: json.text,
    verb: json.text,
    action: { type: 'object', additionalProperties: true },
    givenAt: json.time,
    hosts: json.integer,
    underWay: json.integer,
    outcomes: { type: 'object', additionalProperties: json.integer },
  },
} as const;

/** `outcome` is null while it is under way. */
export const hostCommandSchema = {
  type: 'object',
  properties: {
    host: json.text,
    hostId: json.text,
    outcome: { type: ['string', 'null'] },
    endedAt: json.time,
    message: json.text,
    results: { type: 'array', items: { type: 'object', additionalProperties: true } },
    changes: { type: ['object', 'null'], additionalProperties: true },
    problems: { type: 'array', items: json.problem },
  },
} as const;

export function commandJson({ commandId, actor, reason, verb, action, ...summary }: CommandSummary): object {
  const outcomes = new Map<string, number>();
  for (const [stored, count] of summary.outcomes) {
    outcomes.set(outcomeWord(stored), (outcomes.get(outcomeWord(stored)) ?? 0) + count);
  }
  return {
    ...{ commandId, actor, reason, verb, action: actionJson(action) },
    givenAt: json.jsonTime(summary.givenAtUs),
    hosts: summary.hostCount,
    underWay: summary.underWayCount,
    outcomes: Object.fromEntries(outcomes),
  };
}

export function hostCommandJson({ host, hostId, outcome, result, endedAtUs }: HostCommand): object {
  const { message, changes, problems, results } = CommandUpdate.decode(result);
  return {
    ...{ host, hostId, message, changes: changes ?? null },
    outcome: outcome === '' ? null : outcomeWord(outcome),
    endedAt: json.jsonTime(endedAtUs),
    results: results.map(({ target, process, message: words }) => ({
      target,
      process: process ?? null,
      message: words,
    })),
    problems: problems.map(json.jsonProblem),
  };
}

/** The word that people meet everywhere; the store has a longer one for what the host may still tell. */
function outcomeWord(stored: string): string {
  return stored === 'unknown-outcome' ? 'unknown' : stored;
}

/** The message alone: the case that wraps it is the verb. */
function actionJson(action: Uint8Array): unknown {
  const wrapped: unknown = Action.toJSON(Action.decode(action));
  return typeof wrapped === 'object' && wrapped !== null ? (Object.values(wrapped)[0] ?? {}) : {};
}
