/** Opens the controller's domain over a store and joins its parts; doors (link, API, HTTP) are served on top of it. */
import type { Clock, Random } from '@fleetvisor/primitives';
import type { CommandRouter } from './fleet/commands.ts';
import type { FleetLog } from './fleet/fleet-log.ts';
import type { EventFeed } from './fleet/history.ts';
import type { LiveFleet } from './fleet/live.ts';
import type { LogRouter } from './fleet/logs.ts';
import type { Rollouts } from './rollout/runner.ts';
import type { Store } from './store/store.ts';

export type { FleetLog };

export interface FleetParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
  /** Of the controller, told to agents. */
  readonly version: string;
}

/** Everything the doors call. Disposing ends sessions first, then waits for what is under way to be written. */
export interface Fleet extends AsyncDisposable {
  readonly store: Store;
  readonly live: LiveFleet;
  readonly commands: CommandRouter;
  readonly logs: LogRouter;
  readonly events: EventFeed;
  readonly rollouts: Rollouts;
}

/** Reads the store, goes on with rollouts that a restart interrupted, and is ready for `serveLink`. */
export type StartFleet = (parts: FleetParts) => Promise<Fleet>;
