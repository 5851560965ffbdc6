/** Opens the API's port and puts the services on it. */
import { after, type Clock } from '@fleetvisor/primitives';
import {
  CommandServiceService,
  ConfigServiceService,
  EventServiceService,
  FleetServiceService,
  LogServiceService,
} from '@fleetvisor/protocol/api';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { formatListenAddress, type ListenAddress, listenFailure } from '../listen-address.ts';
import type { Fleet } from '../start-fleet.ts';
import { quietGrpc } from '../wire/quiet-grpc.ts';
import { commandService } from './command-service.ts';
import { configService } from './config-service.ts';
import { eventService } from './event-service.ts';
import { type About, fleetService } from './fleet-service.ts';
import { handlersOf } from './grpc-adapter.ts';
import { logService } from './log-service.ts';
import { RunningCalls } from './running-calls.ts';

export interface ApiParts {
  readonly fleet: Fleet;
  readonly about: About;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Disposing ends every call under way with `unavailable`, and closes the port. */
export interface ApiDoor extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly address: ListenAddress;
}

/** How long callers may take to close their connections when the controller stops. */
const closeGraceMs = 500;

/** @throws FleetError `unavailable` when it cannot listen there, with what to do. */
export async function serveApi(address: ListenAddress, parts: ApiParts): Promise<ApiDoor> {
  const { fleet, about, clock, log } = parts;
  const calls = new RunningCalls(clock, log);
  quietGrpc();
  const server = new Server();
  server.addService(FleetServiceService, handlersOf(FleetServiceService, fleetService(fleet, about), calls));
  server.addService(CommandServiceService, handlersOf(CommandServiceService, commandService(fleet), calls));
  server.addService(LogServiceService, handlersOf(LogServiceService, logService(fleet), calls));
  server.addService(EventServiceService, handlersOf(EventServiceService, eventService(fleet), calls));
  server.addService(ConfigServiceService, handlersOf(ConfigServiceService, configService(fleet), calls));
  const port = await listen(server, address);
  return {
    address: { host: address.host, port },
    async [Symbol.asyncDispose]() {
      const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await calls[Symbol.asyncDispose]();
      const limit = clock.schedule(after(clock.now(), closeGraceMs), () => server.forceShutdown());
      await drained;
      limit.cancel();
    },
  };
}

function listen(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(formatListenAddress(address), ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(listenFailure(error, 'the API (fleetctl)', address, '--api'));
    });
  });
}
