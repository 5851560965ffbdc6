/** A server's side of a bidirectional gRPC stream as a Link. The one file of this room that knows streams and `drain`. */
import { FleetError, type Link, messageOf } from '@fleetvisor/primitives';
import type { ServerDuplexStream } from '@grpc/grpc-js';

export class GrpcLink<Out, In> implements Link<Out, In> {
  readonly incoming: AsyncIterable<In>;
  readonly #call: ServerDuplexStream<In, Out>;
  readonly #ended = new AbortController();

  /** To be made in the same turn in which the call came: an error without a listener would end the process. */
  constructor(call: ServerDuplexStream<In, Out>) {
    this.#call = call;
    const end = (why: string) => this.#ended.abort(new FleetError('unavailable', why));
    call.on('error', (error) => end(`the connection broke: ${messageOf(error)}`));
    call.on('cancelled', () => end('the connection broke'));
    call.on('close', () => end('the connection was closed'));
    this.incoming = this.#read();
  }

  async send(message: Out, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#ended.signal.throwIfAborted();
    if (this.#call.write(message)) return;
    await this.#drained(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new FleetError('unavailable', 'the link was closed'));
    if (!this.#call.writableEnded) this.#call.end();
  }

  /** Pulls one message at a time: what is not read stays in the peer's window. What has come is read before an error is told. */
  async *#read(): AsyncGenerator<In> {
    for (;;) {
      const message: In | null = this.#call.read();
      if (message !== null) yield message;
      else if (this.#call.readableEnded) return;
      else if (this.#ended.signal.aborted) throw this.#ended.signal.reason;
      else await this.#until(['readable', 'end'], this.#ended.signal);
    }
  }

  async #drained(signal: AbortSignal | undefined): Promise<void> {
    const over = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
    await this.#until(['drain'], over);
    over.throwIfAborted();
  }

  /** Resolves at the first of the stream's events, or when it is over. */
  #until(events: readonly string[], over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        for (const event of events) this.#call.off(event, wake);
        over.removeEventListener('abort', wake);
        resolve();
      };
      for (const event of events) this.#call.once(event, wake);
      over.addEventListener('abort', wake, { once: true });
      if (over.aborted) wake();
    });
  }
}
