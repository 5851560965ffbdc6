/** Opens the agents' port. */
import { after, type Clock } from '@fleetvisor/primitives';
import {
  LinkServiceService,
  type LogStreamRequest,
  type LogStreamResponse,
  type SessionRequest,
  type SessionResponse,
} from '@fleetvisor/protocol/link';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { FleetLog } from '../fleet/fleet-log.ts';
import { formatListenAddress, type ListenAddress, listenFailure } from '../listen-address.ts';
import type { Fleet } from '../start-fleet.ts';
import { quietGrpc } from '../wire/quiet-grpc.ts';
import { GrpcLink } from './grpc-link.ts';
import { OpenStreams } from './open-streams.ts';

export interface LinkParts {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly log: FleetLog;
}

/** Disposing sends every host away and closes the port; the agents dial again until somebody listens. */
export interface LinkDoor extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly address: ListenAddress;
}

const closeGraceMs = 500;

const serverOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.max_send_message_length': 4 * 1024 * 1024,
  // Half-open sockets: a host that lost power says nothing, and neither does its kernel.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/** @throws FleetError `unavailable` when it cannot listen there, with what to do. */
export async function serveLink(address: ListenAddress, { fleet, clock, log }: LinkParts): Promise<LinkDoor> {
  const streams = new OpenStreams({ ...fleet.agents, log, clock });
  quietGrpc();
  const server = new Server(serverOptions);
  server.addService(LinkServiceService, {
    session: (call: ServerDuplexStream<SessionRequest, SessionResponse>) => {
      streams.openSession(new GrpcLink<SessionResponse, SessionRequest>(call), call.getPeer());
    },
    logStream: (call: ServerDuplexStream<LogStreamRequest, LogStreamResponse>) => {
      streams.openLog(new GrpcLink<LogStreamResponse, LogStreamRequest>(call), call.getPeer());
    },
  });
  const port = await listen(server, address);
  return {
    address: { host: address.host, port },
    async [Symbol.asyncDispose]() {
      await streams.sendAway();
      const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await streams[Symbol.asyncDispose]();
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
      else reject(listenFailure(error, 'agents', address, '--link'));
    });
  });
}
