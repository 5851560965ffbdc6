/** Commands that were given, as fleetctl shows them later. These fields are what `-o json` prints. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { Action, GroupChanges, Outcome, TargetResult } from './command.ts';
import type { Scope } from './scope.ts';

export interface CommandSummary {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string | undefined;
  /** undefined for one that this fleetctl has not heard of. */
  readonly action: Action | undefined;
  readonly givenAt: Date | undefined;
  readonly hostCount: number;
  /** Hosts on which it is under way as far as is known. */
  readonly underWayCount: number;
  /** Of the others: how many by outcome. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly count: number }[];
}

/** What became of a command on one host. */
export interface HostCommand {
  readonly hostId: string;
  readonly host: string;
  /** undefined while it is under way. */
  readonly outcome: Outcome | undefined;
  readonly endedAt: Date | undefined;
  readonly results: readonly TargetResult[];
  readonly changes: GroupChanges | undefined;
  readonly message: string;
  readonly problems: readonly ConfigProblem[];
}

export interface CommandDetail {
  readonly command: CommandSummary;
  /** In order of name. */
  readonly hosts: readonly HostCommand[];
}

export interface CommandQuery {
  readonly scope: Scope;
  readonly limit: number;
  readonly sinceUs: bigint | undefined;
  /** Only those of which some host has not told what became of them. */
  readonly isOpen: boolean;
}
