/** Two joined ends of a Link without a network: the twin of the real one in tests and simulation. */
import { BoundedQueue } from './bounded-queue.ts';
import { FleetError } from './errors.ts';
import type { Link } from './link.ts';

class InMemoryEnd<Out, In> implements Link<Out, In> {
  readonly #out: BoundedQueue<Out>;
  readonly incoming: BoundedQueue<In>;

  constructor(out: BoundedQueue<Out>, incoming: BoundedQueue<In>) {
    this.#out = out;
    this.incoming = incoming;
  }

  async send(message: Out, signal?: AbortSignal): Promise<void> {
    const taken = await this.#out.put(message, signal);
    if (!taken) throw new FleetError('unavailable', 'the link is closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#out.close();
    this.incoming.close();
  }
}

/** Two ends, each with room for `capacity` messages on the way to it. */
export function linkPair<A, B>(capacity = 16): [Link<A, B>, Link<B, A>] {
  const there = new BoundedQueue<A>(capacity);
  const back = new BoundedQueue<B>(capacity);
  return [new InMemoryEnd(there, back), new InMemoryEnd(back, there)];
}
