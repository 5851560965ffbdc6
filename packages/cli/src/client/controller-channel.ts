/**
 * One connection to a controller: calls as promises and iterables, each with a deadline. The one file that knows how
 * grpc-js makes calls.
 */
import { type Clock, FleetError } from '@fleetvisor/primitives';
import {
  type ChannelCredentials,
  Client,
  connectivityState,
  credentials,
  logVerbosity,
  Metadata,
  type MethodDefinition,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { fromServiceError, isServiceError } from './grpc-errors.ts';
import { unreachableWords, whyUnreachable } from './why-unreachable.ts';

export interface ChannelOptions {
  /** HOST:PORT. */
  readonly address: string;
  readonly clock: Clock;
  /** Ends every call. */
  readonly signal: AbortSignal;
  /** Who asks, for the controller's record. */
  readonly actor: string;
}

// What goes wrong is told once, in our own words: gRPC's go to stderr and are for its developers.
setLogVerbosity(logVerbosity.NONE);

/** Longer than any network takes, shorter than anybody waits. */
const connectMsMax = 2_000;
const reconnectMsMax = 2_000;
const actorKey = 'fleet-actor';
const messageBytesMax = 64 * 1024 * 1024;
/** For calls without a deadline: a controller that answers no ping for this long is gone. */
const pingMs = 10_000;
const pingAnswerMs = 5_000;

type Method<Question, Answer> = Pick<
  MethodDefinition<Question, Answer>,
  'path' | 'requestSerialize' | 'responseDeserialize'
>;

export class ControllerChannel implements Disposable {
  readonly address: string;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #metadata = new Metadata();
  #connected: Promise<void> | undefined;

  constructor(
    { address, clock, signal, actor }: ChannelOptions,
    access: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.address = address;
    this.#clock = clock;
    this.#signal = signal;
    this.#metadata.set(actorKey, actor);
    this.#client = new Client(address, access, {
      'grpc.max_receive_message_length': messageBytesMax,
      'grpc.keepalive_time_ms': pingMs,
      'grpc.keepalive_timeout_ms': pingAnswerMs,
      'grpc.max_reconnect_backoff_ms': reconnectMsMax,
      // A proxy for the web is none for the fleet.
      'grpc.enable_http_proxy': 0,
    });
  }

  /** @throws FleetError as `fromServiceError` says, or the signal's reason. */
  async ask<Question, Answer>(
    method: Method<Question, Answer>,
    question: Question,
    timeoutMs: number,
  ): Promise<Answer> {
    await this.#connect();
    this.#signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        question,
        this.#metadata,
        { deadline: this.#deadline(timeoutMs) },
        (error, answer) => {
          this.#signal.removeEventListener('abort', cancel);
          if (this.#signal.aborted) reject(this.#signal.reason);
          else if (error !== null) reject(fromServiceError(error, this.address));
          else if (answer === undefined) reject(new FleetError('internal', `${method.path} was answered with nothing`));
          else resolve(answer);
        },
      );
      const cancel = () => call.cancel();
      this.#signal.addEventListener('abort', cancel, { once: true });
    });
  }

  /**
   * @param timeoutMs undefined for as long as it is followed.
   * @throws ServiceError as it came, so that the caller can tell whether time was up; or the signal's reason.
   */
  async *stream<Question, Answer>(
    method: Method<Question, Answer>,
    question: Question,
    timeoutMs: number | undefined,
  ): AsyncGenerator<Answer> {
    await this.#connect();
    this.#signal.throwIfAborted();
    const call = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      question,
      this.#metadata,
      timeoutMs === undefined ? {} : { deadline: this.#deadline(timeoutMs) },
    );
    // The iteration throws what matters; what comes after it has been left has nobody to hear it.
    call.on('error', () => undefined);
    const cancel = () => call.cancel();
    this.#signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const answer of call) yield answer;
    } catch (thrown) {
      this.#signal.throwIfAborted();
      throw thrown;
    } finally {
      this.#signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** What a caller of `stream` throws on. */
  toFleetError(thrown: unknown): unknown {
    return isServiceError(thrown) ? fromServiceError(thrown, this.address) : thrown;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #connect(): Promise<void> {
    this.#connected ??= this.#untilReady();
    return this.#connected;
  }

  /** gRPC by itself goes on trying for 20 s where nobody answers; a person is told after two. */
  async #untilReady(): Promise<void> {
    const channel = this.#client.getChannel();
    const giveUp = this.#deadline(connectMsMax);
    for (;;) {
      this.#signal.throwIfAborted();
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN) break;
      const changed = new Promise<boolean>((resolve) => {
        channel.watchConnectivityState(state, giveUp, (error) => resolve(error === undefined || error === null));
      });
      if (!(await Promise.race([changed, aborted(this.#signal)]))) break;
    }
    // Whoever has ended the command needs no reason.
    const why = await Promise.race([whyUnreachable(this.address, this.#clock), aborted(this.#signal)]);
    throw new FleetError(
      'unavailable',
      `cannot reach the controller at ${this.address}: ${unreachableWords[why]}; see whether fleet-controller runs ` +
        'there, or name another with --controller HOST:PORT',
      { controller: this.address, why },
    );
  }

  /** gRPC wants the wall clock's time; a step of that clock can only cut a call short or lengthen it. */
  #deadline(timeoutMs: number): number {
    return Number(this.#clock.wallTimeUs() / 1000n) + timeoutMs;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
