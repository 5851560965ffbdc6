/** Commands to the wire, and what came of them from it. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { RunCommandResponse } from '@fleetvisor/protocol/api';
import {
  Outcome,
  type Action as WireAction,
  type GroupChanges as WireChanges,
  type ConfigProblem as WireProblem,
  type TargetResult as WireResult,
} from '@fleetvisor/protocol/common';
import type { Action, GroupChanges, HostReport, Outcome as OutcomeWord, TargetResult } from '../command.ts';
import { nameFromWire } from './process.ts';
import { textOrNone, wordOf } from './words.ts';

const outcomeWords = {
  [Outcome.UNRECOGNIZED]: 'unknown',
  [Outcome.UNSPECIFIED]: 'unknown',
  [Outcome.OK]: 'ok',
  [Outcome.NO_CHANGE]: 'no-change',
  [Outcome.FAILED]: 'failed',
  [Outcome.REJECTED]: 'rejected',
  [Outcome.EXPIRED]: 'expired',
  [Outcome.CANCELLED]: 'cancelled',
  [Outcome.HOST_OFFLINE]: 'host-offline',
  [Outcome.UNKNOWN]: 'unknown',
  [Outcome.NO_MATCH]: 'no-match',
} as const satisfies Record<Outcome, OutcomeWord>;

export function actionToWire(action: Action): WireAction {
  switch (action.verb) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'clear':
      return { verb: { $case: action.verb, value: { targets: [...action.targets] } } };
    case 'signal':
      return { verb: { $case: 'signal', value: { targets: [...action.targets], signal: action.signal } } };
    case 'reread':
      return { verb: { $case: 'reread', value: {} } };
    case 'update':
      return { verb: { $case: 'update', value: { groups: [...action.groups] } } };
    case 'upgrade':
      return { verb: { $case: 'upgrade', value: {} } };
  }
}

export function reportFromWire(answer: RunCommandResponse): HostReport {
  return {
    commandId: answer.commandId,
    hostId: answer.hostId,
    host: answer.host,
    outcome: outcomeFromWire(answer.outcome),
    results: answer.results.map(resultFromWire),
    changes: changesFromWire(answer.changes),
    message: answer.message,
    problems: answer.problems.map(problemFromWire),
  };
}

export function outcomeFromWire(outcome: Outcome): OutcomeWord {
  return wordOf<OutcomeWord>(outcomeWords, outcome, 'unknown');
}

export function resultFromWire(result: WireResult): TargetResult {
  return {
    target: result.target,
    process: result.process === undefined ? undefined : nameFromWire(result.process),
    outcome: outcomeFromWire(result.outcome),
    message: result.message,
  };
}

export function changesFromWire(changes: WireChanges | undefined): GroupChanges | undefined {
  if (changes === undefined) return undefined;
  return { added: changes.added, changed: changes.changed, removed: changes.removed };
}

export function problemFromWire(problem: WireProblem): ConfigProblem {
  return {
    file: problem.file,
    line: problem.line,
    section: textOrNone(problem.section),
    option: textOrNone(problem.option),
    message: problem.message,
  };
}
