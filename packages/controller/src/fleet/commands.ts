/** Gives commands to hosts and gathers what comes of them. */
import type { Action, ActionResult } from './action.ts';

export interface CommandRequest {
  readonly hostIds: readonly string[];
  readonly action: Action;
  /** Who asks. */
  readonly actor: string;
  /** Why, in their words; may be empty. */
  readonly reason: string;
  /** How long to wait for hosts; 0 for five minutes. */
  readonly timeoutMs: number;
}

export interface HostCommandResult extends ActionResult {
  /** One id for the whole command. */
  readonly commandId: string;
  readonly hostId: string;
  readonly host: string;
}

export interface CommandRouter extends AsyncDisposable {
  /**
   * Writes the command down, sends it, and yields one result per host as it ends: `host-offline` at once for a host
   * that is not connected, `unknown` for one that goes away or does not answer in time (settled in the store when it
   * reports), `rejected` for one with 64 commands under way. Leaving the iteration does not recall the command.
   */
  run(request: CommandRequest, signal?: AbortSignal): AsyncIterable<HostCommandResult>;
}
