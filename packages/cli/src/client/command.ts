/** What is asked of hosts, and what came of it. These fields are what `-o json` prints. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { ProcessName } from './process.ts';
import type { Scope } from './scope.ts';

/** Targets take Supervisor's forms and globs; each host resolves them. */
export type Action =
  | { readonly verb: 'start'; readonly targets: readonly string[] }
  | { readonly verb: 'stop'; readonly targets: readonly string[] }
  | { readonly verb: 'restart'; readonly targets: readonly string[] }
  | { readonly verb: 'clear'; readonly targets: readonly string[] }
  | { readonly verb: 'signal'; readonly targets: readonly string[]; readonly signal: string }
  | { readonly verb: 'reread' }
  | { readonly verb: 'update'; readonly groups: readonly string[] }
  | { readonly verb: 'upgrade' };

export interface CommandOrder {
  readonly scope: Scope;
  readonly action: Action;
  readonly reason: string;
  /** How long to wait for hosts. */
  readonly timeoutMs: number;
}

export type Outcome =
  | 'ok'
  | 'no-change'
  | 'failed'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'host-offline'
  /** The host went away, or did not answer in time. */
  | 'unknown'
  | 'no-match';

export interface TargetResult {
  /** What was asked for, where nothing matched it; else the process. */
  readonly target: string;
  readonly process: ProcessName | undefined;
  readonly outcome: Outcome;
  /** In Supervisor's words, without the name: `started`, `ERROR (spawn error)`. */
  readonly message: string;
}

/** Names of process groups, as Supervisor's reread has them. */
export interface GroupChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What came of a command on one host. */
export interface HostReport {
  readonly commandId: string;
  readonly hostId: string;
  readonly host: string;
  readonly outcome: Outcome;
  readonly results: readonly TargetResult[];
  readonly changes: GroupChanges | undefined;
  readonly message: string;
  readonly problems: readonly ConfigProblem[];
}
