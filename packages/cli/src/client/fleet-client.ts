/** The controller, in fleetctl's words. Knows nothing of how it is reached. */
import type { CommandOrder, HostReport } from './command.ts';
import type { CommandDetail, CommandQuery, CommandSummary } from './command-history.ts';
import type {
  ConfigContent,
  ConfigPush,
  ConfigRevision,
  ConfigRollback,
  ConfigSummary,
  RolloutStep,
} from './config-file.ts';
import type { CrashQuery, EventQuery, StoredEvent } from './event.ts';
import type { Fleet, Host } from './host.ts';
import type { LogPiece, LogQuery } from './log-piece.ts';
import type { ProcessListing } from './process.ts';
import type { Scope } from './scope.ts';

/**
 * Every call has a deadline, but for those that follow: they end when their controller is seen to be gone. Leaving an
 * iteration early ends the call and never recalls what it began.
 * @throws FleetError from every method: `unavailable` when the controller cannot be asked, else as it answered.
 */
export interface FleetClient {
  /** HOST:PORT of the controller. */
  readonly address: string;
  fleet(): Promise<Fleet>;
  /** In order of name. */
  hosts(scope: Scope): Promise<readonly Host[]>;
  /** Returns the id of the host that is no longer expected. */
  forgetHost(name: string): Promise<string>;
  processes(scope: Scope, targets: readonly string[]): AsyncIterable<ProcessListing>;
  /** One report per host as it ends. Ends early, without an error, when time is up. */
  run(order: CommandOrder): AsyncIterable<HostReport>;
  /** Newest first. */
  commands(query: CommandQuery): Promise<readonly CommandSummary[]>;
  /** By its id, or the beginning of it. */
  command(idOrPrefix: string): Promise<CommandDetail>;
  tail(query: LogQuery): AsyncIterable<LogPiece>;
  /** Oldest first. */
  events(query: EventQuery): AsyncIterable<readonly StoredEvent[]>;
  /** Newest first. */
  crashes(query: CrashQuery): Promise<readonly StoredEvent[]>;
  /** Ends early, without an error, when time is up. */
  push(push: ConfigPush): AsyncIterable<RolloutStep>;
  /** Ends early, without an error, when time is up. */
  rollBack(rollback: ConfigRollback): AsyncIterable<RolloutStep>;
  configs(): Promise<readonly ConfigSummary[]>;
  /** `revision` undefined: the newest. */
  config(file: string, revision: number | undefined): Promise<ConfigContent>;
  /** Newest first. */
  revisions(file: string, limit: number): Promise<readonly ConfigRevision[]>;
}
