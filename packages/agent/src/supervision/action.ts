/** What may be asked of a host, and what may come of it: the words of the link and of the local door alike. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { ProcessName } from './status.ts';

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
  /** Replaces the agent by the version that is installed on its host. */
  | { readonly verb: 'upgrade' };

/** The closed set of outcomes that an agent reports (link.md 6). */
export type Outcome = 'ok' | 'no-change' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'unknown' | 'no-match';

export interface TargetResult {
  /** The process as `group:name` (short form when equal), or the words asked for when nothing matched. */
  readonly target: string;
  readonly process: ProcessName | undefined;
  readonly outcome: Outcome;
  /** Supervisorctl's words without the name: `started`, `ERROR (spawn error)`, `stopped`, ... */
  readonly message: string;
}

/** Names of process groups, as Supervisor's reread has them. */
export interface GroupChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface ActionResult {
  readonly outcome: Outcome;
  readonly results: readonly TargetResult[];
  readonly changes: GroupChanges | undefined;
  /** Empty unless the whole action has something to say. */
  readonly message: string;
  readonly problems: readonly ConfigProblem[];
}
