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

  /** Pulls one message at a time: what is not read stays in the peer's window. */
  async *#read(): AsyncGenerator<In> {
    const messages = this.#call.iterator({ destroyOnReturn: false });
    const { promise: over, reject } = Promise.withResolvers<never>();
    over.catch(() => {}); // nobody may be reading when it ends
    const { signal } = this.#ended;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    for (;;) {
      const next: IteratorResult<In> = await Promise.race([messages.next(), over]);
      if (next.done) return;
      yield next.value;
    }
  }

  #drained(signal: AbortSignal | undefined): Promise<void> {
    const over = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => () => {
        this.#call.off('drain', onDrain);
        over.removeEventListener('abort', onOver);
        how();
      };
      const onDrain = settle(resolve);
      const onOver = settle(() => reject(over.reason));
      this.#call.once('drain', onDrain);
      over.addEventListener('abort', onOver, { once: true });
      if (over.aborted) onOver();
    });
  }
}
