/** Opens the controller's domain over a store and joins its parts; doors (link, API, HTTP) are served on top of it. */
import type { Clock, Random } from '@fleetvisor/primitives';
import { CommandRouter } from './fleet/commands.ts';
import type { FleetLog } from './fleet/fleet-log.ts';
import { EventFeed } from './fleet/history.ts';
import { LastSeenWriter } from './fleet/last-seen.ts';
import { LiveFleet } from './fleet/live.ts';
import { LogRouter } from './fleet/logs.ts';
import { RunningFiles } from './fleet/running-files.ts';
import { EngineLives } from './link/engine-lives.ts';
import type { LinkHouse } from './link/link-house.ts';
import { OwnEventWriter } from './link/own-event-writer.ts';
import { SessionRegistry } from './link/registry.ts';
import { commandCodec } from './link/to-wire.ts';
import { Rollouts } from './rollout/runner.ts';
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

/**
 * Everything the doors call. Disposing ends what still stands and waits for what is under way to be written; the
 * doors are closed before.
 */
export interface Fleet extends AsyncDisposable {
  readonly store: Store;
  readonly live: LiveFleet;
  readonly commands: CommandRouter;
  readonly logs: LogRouter;
  readonly events: EventFeed;
  readonly rollouts: Rollouts;
  readonly running: RunningFiles;
  /** For `serveLink`. */
  readonly agents: LinkHouse;
}

/** Reads the store, goes on with rollouts that a restart interrupted, and is ready for `serveLink`. */
export async function startFleet(parts: FleetParts): Promise<Fleet> {
  const { store, clock, random, log } = parts;
  await using house = new AsyncDisposableStack();
  const events = new EventFeed(store.events);
  const sessions = new SessionRegistry();
  const ownEvents = house.use(new OwnEventWriter({ store, feed: events, clock, log }));
  const live = house.use(new LiveFleet(store.hosts, clock));
  await live.load();
  house.use(new LastSeenWriter(store.hosts, live, clock, log));
  const links = sessions;
  const commands = house.use(
    new CommandRouter({ store: store.commands, hosts: live, links, codec: commandCodec, clock, random, log }),
  );
  const logs = house.use(new LogRouter({ hosts: live, links, clock, random }));
  const running = new RunningFiles(store.hosts);
  const rollouts = house.use(new Rollouts({ store, live, running, links, ownEvents, clock, random, log }));
  await rollouts.load();
  house.defer(() => sessions.cutAll('the controller is shutting down'));
  cutSilentSessions(live, sessions);
  const lives = new EngineLives();
  live.subscribe(({ kind, hostId }) => {
    if (kind !== 'forgotten') return;
    lives.forget(hostId);
    sessions.cut(hostId, 'the host was forgotten');
  });
  const agents = { ...parts, live, commands, logs, events, rollouts, ownEvents, sessions, lives };
  const owned = house.move();
  const dispose = () => owned.disposeAsync();
  return { store, live, commands, logs, events, rollouts, running, agents, [Symbol.asyncDispose]: dispose };
}

/** A lease that ends while the stream still stands: the host, or the way to it, is dead. */
function cutSilentSessions(live: LiveFleet, sessions: SessionRegistry): void {
  live.subscribe((change) => {
    if (change.kind !== 'host') return;
    const host = live.host(change.hostId);
    if (host?.isConnected && host.presence === 'disconnected') {
      sessions.cut(change.hostId, `its lease ended: nothing was heard for ${host.silentForUs / 1_000_000n} s`);
    }
  });
}
