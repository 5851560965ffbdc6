/** The bridge without a second process: its twin in tests and simulation. Messages are copied, as IPC does. */
import { BoundedQueue } from '@fleetvisor/primitives';
import { messageBytes } from './message-bytes.ts';
import type { BridgeEnd, EngineEnd, EngineMessage, LinkEnd, LinkMessage } from './port.ts';

interface Parcel<T> {
  readonly message: T;
  readonly bytes: number;
}

/** What is on its way in one direction; bounded by the asks of the protocol, as the real one is. */
class Way<T> {
  readonly queue = new BoundedQueue<Parcel<T>>(Number.POSITIVE_INFINITY);
  waitingBytes = 0;

  put(message: T, bytes: number): void {
    if (this.queue.offer({ message: structuredClone(message), bytes })) this.waitingBytes += bytes;
  }

  async *take(): AsyncGenerator<T> {
    for await (const { message, bytes } of this.queue) {
      this.waitingBytes -= bytes;
      yield message;
    }
  }
}

class InMemoryEnd<Out extends EngineMessage | LinkMessage, In> implements BridgeEnd<Out, In> {
  readonly #out: Way<Out>;
  readonly #in: Way<In>;
  readonly incoming: AsyncIterable<In>;

  constructor(out: Way<Out>, incoming: Way<In>) {
    this.#out = out;
    this.#in = incoming;
    this.incoming = incoming.take();
  }

  get queuedBytes(): number {
    return this.#out.waitingBytes;
  }

  send(message: Out): void {
    this.#out.put(message, messageBytes(message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#out.queue.close();
    this.#in.queue.close();
  }
}

export function bridgePair(): [EngineEnd, LinkEnd] {
  const toLink = new Way<EngineMessage>();
  const toEngine = new Way<LinkMessage>();
  return [new InMemoryEnd(toLink, toEngine), new InMemoryEnd(toEngine, toLink)];
}
