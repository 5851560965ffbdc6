/**
 * The enumerations of `common.proto` and the domain's words for them: what both gRPC doors say the same way. Each table
 * is checked to be complete; an enumeration of one door alone stays with that door.
 */
import {
  LogStream,
  Layer as WireLayer,
  Outcome as WireOutcome,
  ConfigPhase as WirePhase,
  ProcessState as WireState,
} from '@fleetvisor/protocol/common';
import type { Outcome } from '../fleet/action.ts';
import type { ConfigPhase } from '../fleet/config-facts.ts';
import type { LogStreamName } from '../fleet/logs.ts';
import type { Layer, ProcessStateName } from '../fleet/process-status.ts';

export const outcomes = {
  ok: WireOutcome.OK,
  'no-change': WireOutcome.NO_CHANGE,
  failed: WireOutcome.FAILED,
  rejected: WireOutcome.REJECTED,
  expired: WireOutcome.EXPIRED,
  cancelled: WireOutcome.CANCELLED,
  'host-offline': WireOutcome.HOST_OFFLINE,
  unknown: WireOutcome.UNKNOWN,
  'no-match': WireOutcome.NO_MATCH,
} as const satisfies Record<Outcome, WireOutcome>;

export const phases = {
  accepted: WirePhase.ACCEPTED,
  rejected: WirePhase.REJECTED,
  applying: WirePhase.APPLYING,
  applied: WirePhase.APPLIED,
  failed: WirePhase.FAILED,
  reverted: WirePhase.REVERTED,
} as const satisfies Record<ConfigPhase, WirePhase>;

export const states = {
  STOPPED: WireState.STOPPED,
  STARTING: WireState.STARTING,
  RUNNING: WireState.RUNNING,
  BACKOFF: WireState.BACKOFF,
  STOPPING: WireState.STOPPING,
  EXITED: WireState.EXITED,
  FATAL: WireState.FATAL,
  UNKNOWN: WireState.UNKNOWN,
} as const satisfies Record<ProcessStateName, WireState>;

export const layers = { local: WireLayer.LOCAL, fleet: WireLayer.FLEET } as const satisfies Record<Layer, WireLayer>;

export const streams = {
  stdout: LogStream.STDOUT,
  stderr: LogStream.STDERR,
} as const satisfies Record<LogStreamName, LogStream>;

/** A table read backwards: the word of a number; undefined for a number without one (a newer agent's, or nonsense). */
export function reader<Word extends string>(table: Readonly<Record<Word, number>>): (code: number) => Word | undefined {
  // Object.entries forgets that the keys are Words.
  const words = new Map((Object.entries(table) as [Word, number][]).map(([word, code]) => [code, word]));
  return (code) => words.get(code);
}
