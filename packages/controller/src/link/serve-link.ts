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
import { runLogStream } from './log-streams.ts';
import { sendAway } from './send-away.ts';
import { runSession } from './session.ts';
import { type Refusal, refusalToWire } from './to-wire.ts';

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
  const house = { ...fleet.agents, log };
  const stopped = new AbortController();
  const streams = new Set<Promise<void>>();
  let sessionStreams = 0;
  const own = (stream: Promise<void>) => {
    const owned = stream.finally(() => streams.delete(owned));
    streams.add(owned);
  };
  quietGrpc();
  const server = new Server(serverOptions);
  server.addService(LinkServiceService, {
    session: (call: ServerDuplexStream<SessionRequest, SessionResponse>) => {
      const link = new GrpcLink<SessionResponse, SessionRequest>(call);
      const refusal = house.door.judge(sessionStreams - house.sessions.size);
      sessionStreams++;
      const session =
        refusal === undefined ? runSession(link, call.getPeer(), house, stopped.signal) : turnAway(link, refusal);
      if (refusal !== undefined) house.door.count(refusal.code);
      own(session.finally(() => sessionStreams--));
    },
    logStream: (call: ServerDuplexStream<LogStreamRequest, LogStreamResponse>) => {
      const link = new GrpcLink<LogStreamResponse, LogStreamRequest>(call);
      own(runLogStream(link, call.getPeer(), house, stopped.signal));
    },
  });
  const port = await listen(server, address);
  return {
    address: { host: address.host, port },
    async [Symbol.asyncDispose]() {
      house.door.close();
      const why = 'the controller is shutting down';
      await sendAway(house.sessions, why, clock);
      const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      stopped.abort(new Error(why));
      await Promise.all(streams);
      const limit = clock.schedule(after(clock.now(), closeGraceMs), () => server.forceShutdown());
      await drained;
      limit.cancel();
    },
  };
}

async function turnAway(link: GrpcLink<SessionResponse, SessionRequest>, refusal: Refusal): Promise<void> {
  try {
    await link.send(refusalToWire(refusal));
  } catch {
    // It has gone already, which is what it was asked to do.
  } finally {
    await link[Symbol.asyncDispose]();
  }
}

function listen(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(formatListenAddress(address), ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(listenFailure(error, 'agents', address, '--link'));
    });
  });
}
