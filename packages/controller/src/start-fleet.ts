/** Opens the controller's domain over a store and joins its parts; doors (link, API, HTTP) are served on top of it. */
import type { Clock, Random } from '@fleetvisor/primitives';
import { CommandRouter } from './fleet/commands.ts';
import type { FleetLog } from './fleet/fleet-log.ts';
import { EventFeed } from './fleet/history.ts';
import { FleetKeeper } from './fleet/keep-fleet.ts';
import { LiveFleet } from './fleet/live.ts';
import { LoadGauge } from './fleet/load-gauge.ts';
import { isAtLeast } from './fleet/load-level.ts';
import { LogRouter } from './fleet/logs.ts';
import { RunningFiles } from './fleet/running-files.ts';
import { StoreWatch } from './fleet/store-watch.ts';
import { Doorkeeper } from './link/doorkeeper.ts';
import { EngineLives } from './link/engine-lives.ts';
import type { LinkHouse } from './link/link-house.ts';
import { OwnEventWriter } from './link/own-event-writer.ts';
import { SessionRegistry } from './link/registry.ts';
import { SnapshotSlots } from './link/snapshot-slots.ts';
import { commandCodec, statusCodec } from './link/to-wire.ts';
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
  readonly watch: StoreWatch;
  readonly load: LoadGauge;
  readonly door: Doorkeeper;
  /** For `serveLink`. */
  readonly agents: LinkHouse;
}

/** Hosts that tell their whole process table at once. */
const snapshotsMax = 64;

/** Reads the store, goes on with rollouts that a restart interrupted, and is ready for `serveLink`. */
export async function startFleet(parts: FleetParts): Promise<Fleet> {
  const { store, clock, random, log } = parts;
  await using house = new AsyncDisposableStack();
  const events = new EventFeed(store.events);
  const sessions = new SessionRegistry();
  const watch = new StoreWatch({ clock, random, log });
  const ownEvents = house.use(new OwnEventWriter({ store, watch, feed: events, clock, log }));
  ownEvents.record({ kind: 'controllerStarted', version: parts.version, previousEnd: store.previousEnd });
  const live = house.use(new LiveFleet(store.hosts, clock, statusCodec));
  await live.load();
  house.use(new FleetKeeper({ store: store.hosts, watch, live, clock, log }));
  const links = sessions;
  const commands = house.use(
    new CommandRouter({ store: store.commands, watch, hosts: live, links, codec: commandCodec, clock, random, log }),
  );
  await commands.load();
  const slots = house.use(new SnapshotSlots(clock, snapshotsMax));
  const load = house.use(
    new LoadGauge({
      clock,
      log,
      backlog: () => store.events.backlog,
      changed: (level) => slots.pause(isAtLeast(level, 'no-tables')),
    }),
  );
  const whenCalm = () => load.calm();
  const logs = house.use(new LogRouter({ hosts: live, links, whenCalm, clock, random }));
  const running = new RunningFiles(store.hosts);
  const rollouts = house.use(new Rollouts({ store, live, running, links, ownEvents, clock, random, log }));
  await rollouts.load();
  house.defer(() => sessions.cutAll('the controller is shutting down'));
  giveUpSilentHosts({ live, sessions, commands, rollouts });
  const lives = new EngineLives();
  const door = new Doorkeeper({ load, hostCount: () => live.size });
  live.subscribe(({ kind, hostId }) => {
    if (kind !== 'forgotten') return;
    lives.forget(hostId);
    sessions.cut(hostId, 'the host was forgotten');
  });
  const agents = {
    ...parts,
    watch,
    live,
    commands,
    logs,
    events,
    rollouts,
    ownEvents,
    sessions,
    lives,
    slots,
    load,
    door,
  };
  const owned = house.move();
  const dispose = () => owned.disposeAsync();
  return {
    store,
    live,
    commands,
    logs,
    events,
    rollouts,
    running,
    watch,
    load,
    door,
    agents,
    [Symbol.asyncDispose]: dispose,
  };
}

/**
 * A lease that ends while the stream still stands: the host, or the way to it, is dead. One that ends while nobody is
 * there: what was under way on a host that was expected back (an upgrade) is given up.
 */
function giveUpSilentHosts(parts: Pick<Fleet, 'live' | 'commands' | 'rollouts'> & { sessions: SessionRegistry }): void {
  const { live, sessions, commands, rollouts } = parts;
  live.subscribe(({ kind, hostId }) => {
    if (kind !== 'host') return;
    const host = live.host(hostId);
    if (host?.presence !== 'disconnected') return;
    if (host.isConnected) {
      sessions.cut(hostId, `its lease ended: nothing was heard for ${host.silentForUs / 1_000_000n} s`);
    } else {
      commands.hostGone(hostId);
      rollouts.hostGone(hostId);
    }
  });
}
