/** The domain's words as the wire contract has them, for events and for the link. Loads the messages alone, no gRPC. */

import type { ConfigProblem } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';
import {
  ProcessState,
  ConfigPhase as WireConfigPhase,
  type ConfigProblem as WireConfigProblem,
  type Exit as WireExit,
  Layer as WireLayer,
  Outcome as WireOutcome,
  type TargetResult as WireTargetResult,
  type ProcessTransition as WireTransition,
} from '@fleetvisor/protocol/common';
import type { GroupChanges, Outcome, TargetResult } from '../supervision/action.ts';
import type { ConfigPhase } from '../supervision/generation.ts';
import type { Transition } from '../supervision/process/effect.ts';
import type { Exit } from '../supervision/process/exit.ts';
import type { Layer, ProcessName, StateName } from '../supervision/status.ts';

export const layers = { local: WireLayer.LOCAL, fleet: WireLayer.FLEET } as const satisfies Record<Layer, WireLayer>;

export const phases = {
  accepted: WireConfigPhase.ACCEPTED,
  rejected: WireConfigPhase.REJECTED,
  applying: WireConfigPhase.APPLYING,
  applied: WireConfigPhase.APPLIED,
  failed: WireConfigPhase.FAILED,
  reverted: WireConfigPhase.REVERTED,
} as const satisfies Record<ConfigPhase, WireConfigPhase>;

export const outcomes = {
  ok: WireOutcome.OK,
  'no-change': WireOutcome.NO_CHANGE,
  failed: WireOutcome.FAILED,
  rejected: WireOutcome.REJECTED,
  expired: WireOutcome.EXPIRED,
  cancelled: WireOutcome.CANCELLED,
  unknown: WireOutcome.UNKNOWN,
  'no-match': WireOutcome.NO_MATCH,
} as const satisfies Record<Outcome, WireOutcome>;

export const states = {
  STOPPED: ProcessState.STOPPED,
  STARTING: ProcessState.STARTING,
  RUNNING: ProcessState.RUNNING,
  BACKOFF: ProcessState.BACKOFF,
  STOPPING: ProcessState.STOPPING,
  EXITED: ProcessState.EXITED,
  FATAL: ProcessState.FATAL,
  UNKNOWN: ProcessState.UNKNOWN,
} as const satisfies Record<StateName, ProcessState>;

export function exitToWire(exit: Exit | undefined): WireExit | undefined {
  switch (exit?.kind) {
    case undefined:
      return undefined;
    case 'code':
      return { how: { $case: 'code', value: exit.code }, coreDumped: false };
    case 'signal':
      return { how: { $case: 'signal', value: exit.number }, coreDumped: exit.coreDumped };
    case 'unknown':
      return { how: { $case: 'unknown', value: true }, coreDumped: false };
    default:
      return assertNever(exit);
  }
}

export function transitionToWire(process: ProcessName, transition: Transition): WireTransition {
  const { from, to, run, pid, tries, exit, expected, spawnError } = transition;
  const facts = { pid, tries, expected, spawnError };
  return { process, from: states[from], to: states[to], run: BigInt(run), exit: exitToWire(exit), ...facts };
}

export function resultToWire({ target, process, outcome, message }: TargetResult): WireTargetResult {
  return { target, process, outcome: outcomes[outcome], message };
}

export function problemToWire({ file, line, section, option, message, allowed }: ConfigProblem): WireConfigProblem {
  const text = allowed === undefined ? message : `${message}; allowed: ${allowed}`;
  return { file, line, section: section ?? '', option: option ?? '', message: text };
}

/** Lists of their own, which the wire's types want mutable. */
export function changesToWire({ added, changed, removed }: GroupChanges) {
  return { added: [...added], changed: [...changed], removed: [...removed] };
}
