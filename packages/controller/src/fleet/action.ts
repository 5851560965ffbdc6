/** What may be asked of a host, and what may come of it. Targets are resolved by the agent, which alone knows what runs. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { ProcessName } from './process-status.ts';

/** Targets take Supervisor's forms (name, group:name, group:*, all) and globs. */
export type Action =
  | { readonly verb: 'start'; readonly targets: readonly string[] }
  | { readonly verb: 'stop'; readonly targets: readonly string[] }
  | { readonly verb: 'restart'; readonly targets: readonly string[] }
  | { readonly verb: 'signal'; readonly targets: readonly string[]; readonly signal: string }
  | { readonly verb: 'clear'; readonly targets: readonly string[] }
  /** Parses the local layer and says what differs. */
  | { readonly verb: 'reread' }
  /** Rereads the local layer and applies it by process groups; none named means all. */
  | { readonly verb: 'update'; readonly groups: readonly string[] }
  /** Replaces the agent by the version that is installed on its host; the next life of the agent says what came of it. */
  | { readonly verb: 'upgrade' };

/** The closed set of ways a command can end for a host or a process. */
export const outcomes = [
  'ok',
  'no-change',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  /** Not connected: nothing was sent. */
  'host-offline',
  /** It went away, or did not answer in time, while the command was under way. Settled when it reports. */
  'unknown',
  /** Nothing on the host has the name that was asked for. */
  'no-match',
] as const;

export type Outcome = (typeof outcomes)[number];

export interface TargetResult {
  /** The process as `group:name`, or the words asked for when nothing matched. */
  readonly target: string;
  readonly process: ProcessName | undefined;
  readonly outcome: Outcome;
  /** Supervisorctl's words without the name: `started`, `ERROR (spawn error)`. */
  readonly message: string;
}

/** Names of process groups, as Supervisor's reread has them. */
export interface GroupChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What came of an action on one host. */
export interface ActionResult {
  readonly outcome: Outcome;
  readonly results: readonly TargetResult[];
  readonly changes: GroupChanges | undefined;
  /** Empty unless the whole action has something to say. */
  readonly message: string;
  readonly problems: readonly ConfigProblem[];
}
