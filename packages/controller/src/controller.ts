/** Puts the controller together: store, fleet, doors. Opens them in this order and closes them in reverse. */
import type { Clock, FleetError, Random } from '@fleetvisor/primitives';
import type { Logger } from 'pino';
import { announce } from './announcement.ts';
import { serveApi } from './api/serve-api.ts';
import { measuredStore } from './http/measured-store.ts';
import { addFleetMetrics, createMetrics } from './http/metrics.ts';
import { serveHttp } from './http/serve-http.ts';
import { serveLink } from './link/serve-link.ts';
import { formatListenAddress, type ListenAddress } from './listen-address.ts';
import { startRetention } from './retention.ts';
import type { Settings } from './settings.ts';
import { startFleet } from './start-fleet.ts';
import { openSqliteStore } from './store/sqlite/open-store.ts';
import { version } from './version.ts';

export interface ControllerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Disposing takes no new work, ends calls and sessions, and closes the store once everything is written; it
 * waits for all of that.
 */
export interface Controller extends AsyncDisposable {
  /** Where it listens, with real ports. */
  readonly api: ListenAddress;
  readonly link: ListenAddress;
  readonly http: ListenAddress;
  /** Resolves with why when it can do nothing any more and has to be started anew; never otherwise. */
  readonly died: Promise<FleetError>;
}

/**
 * Resolves once all doors are open.
 * @throws FleetError naming the folder or address that cannot be had and what to do; nothing is left open then.
 */
export async function startController(settings: Settings, parts: ControllerParts): Promise<Controller> {
  const { clock, random, log } = parts;
  const room = (name: string) => log.child({ room: name });
  const about = { version, startedAtUs: clock.wallTimeUs() };
  let isServing = false;
  await using house = new AsyncDisposableStack();

  const metrics = createMetrics();
  const opened = await openSqliteStore({ folder: settings.dataDir, clock, random });
  const store = house.use(measuredStore(opened, metrics, clock));
  const fleet = house.use(await startFleet({ store, clock, random, log: room('fleet'), version }));
  addFleetMetrics(metrics.registry, fleet);
  const link = house.use(await serveLink(settings.link, { fleet, clock, log: room('link') }));
  const api = house.use(await serveApi(settings.api, { fleet, about, clock, log: room('api') }));
  const http = house.use(
    await serveHttp(settings.http, {
      fleet,
      registry: metrics.registry,
      isServing: () => isServing,
      log: room('http'),
    }),
  );
  const { retainDays } = settings;
  house.use(startRetention({ events: store.events, clock, log: room('store'), retainDays }));
  const addresses = { api: api.address, link: link.address, http: http.address };
  house.use(await announce(settings.dataDir, { pid: process.pid, version, ...addresses }));
  house.defer(() => {
    isServing = false;
  });

  isServing = true;
  log.info(
    {
      version,
      dataDir: settings.dataDir,
      api: formatListenAddress(api.address),
      link: formatListenAddress(link.address),
      http: formatListenAddress(http.address),
    },
    'ready',
  );
  const owned = house.move();
  return { ...addresses, died: store.died, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
