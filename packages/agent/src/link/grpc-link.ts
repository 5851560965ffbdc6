/** The network by grpc-js, which no other file of this room knows. Plain text until mutual TLS: loopback only. */

import { abortable, type Clock, FleetError, type Link, sleep } from '@fleetvisor/primitives';
import { LinkServiceClient } from '@fleetvisor/protocol/link';
import {
  ChannelCredentials,
  type ClientDuplexStream,
  connectivityState,
  status as grpcStatus,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Connect, Connection } from './connection.ts';

const messageBytesMax = 4 * 1024 * 1024;

const channelOptions = {
  // A socket whose other end is gone without a word is found out within half a minute.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': messageBytesMax,
  // When to try again is decided in redial.ts, and each attempt is on a connection of its own.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  // The controller is named by its address: a proxy meant for the web has no business in between.
  'grpc.enable_http_proxy': 0,
};

/** Once both have said what they had to say, the controller gets this long to end its half. */
const endWithinMs = 500;

export function grpcConnect(clock: Clock): Connect {
  return async (endpoint, signal) => {
    signal.throwIfAborted();
    const dial = () => new LinkServiceClient(endpoint, ChannelCredentials.createInsecure(), channelOptions);
    const client = dial();
    // On one of their own: what has been given to a slow connection is ahead of everything that comes after it.
    let logs: LinkServiceClient | undefined;
    const connection: Connection = {
      openSession: () => new GrpcLink(client.session(), clock),
      openLogStream: () => {
        logs ??= dial();
        return new GrpcLink(logs.logStream(), clock);
      },
      async [Symbol.asyncDispose]() {
        client.close();
        logs?.close();
      },
    };
    try {
      await abortable(settled(client), signal);
    } catch (error) {
      client.close();
      throw error;
    }
    return connection;
  };
}

/** Resolves when the first attempt to connect has come to something; a failed one fails the first call, with its reason. */
async function settled(client: LinkServiceClient): Promise<void> {
  const channel = client.getChannel();
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) return;
    await new Promise<void>((resolve) => {
      channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => resolve());
    });
  }
}

class GrpcLink<Out, In> implements Link<Out, In> {
  readonly #call: ClientDuplexStream<Out, In>;
  readonly #clock: Clock;
  readonly #down = Promise.withResolvers<void>();
  #isDown = false;
  #failure: FleetError | undefined;
  /** Of the message that is being written; there is never more than one writer. */
  #sending: PromiseWithResolvers<void> | undefined;

  constructor(call: ClientDuplexStream<Out, In>, clock: Clock) {
    this.#call = call;
    this.#clock = clock;
    call.on('error', (error: ServiceError) => {
      this.#failure = failureOf(error);
    });
    call.on('status', () => {
      this.#isDown = true;
      this.#down.resolve();
      this.#sending?.reject(this.#whyDown());
    });
  }

  async send(message: Out, signal?: AbortSignal): Promise<void> {
    if (this.#isDown) throw this.#whyDown();
    const sending = Promise.withResolvers<void>();
    this.#sending = sending;
    // Called when HTTP/2 has taken the message: with a slow peer that is when its window has room, as for `drain`.
    this.#call.write(message, () => sending.resolve());
    await (signal === undefined ? sending.promise : abortable(sending.promise, signal));
  }

  get incoming(): AsyncIterable<In> {
    return this.#read();
  }

  /** Ends our half, gives the controller a moment to end its own, then cancels. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDown) return;
    this.#call.end();
    this.#call.resume(); // what is left unread would hold back the end
    const ended = new AbortController();
    const cancel = sleep(this.#clock, endWithinMs, ended.signal).then(
      () => this.#call.cancel(),
      () => undefined, // it ended in time
    );
    await this.#down.promise;
    ended.abort();
    await cancel;
  }

  async *#read(): AsyncGenerator<In> {
    try {
      for await (const message of this.#call) yield message as In; // the stream carries what its type says
    } catch {
      // It is in #failure, in our words.
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #whyDown(): FleetError {
    return this.#failure ?? new FleetError('unavailable', 'the controller ended the stream');
  }
}

function failureOf({ code, details }: ServiceError): FleetError {
  if (code === grpcStatus.UNIMPLEMENTED) {
    return new FleetError('unavailable', 'what listens there takes no agents: is it the port for agents (7401)?');
  }
  const lastError = /Last error: (?:Error: )?(.*?)(\. Resolution note:.*)?$/.exec(details)?.[1];
  return new FleetError('unavailable', lastError === undefined ? details : `cannot connect: ${lastError}`, { code });
}
