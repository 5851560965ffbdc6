/** Several streams as one, in the order in which things come. */

export interface Source<Value> {
  readonly index: number;
  readonly answers: () => AsyncIterable<Value>;
}

export interface Merged<Value> {
  /** Of the source it comes from. */
  readonly index: number;
  readonly value: Value;
}

/**
 * Reads at most `runningMax` sources at once, and nothing of any of them ahead of the reader but one value. The first
 * error ends it; whatever ends it, every source that was begun is told to stop.
 */
export async function* mergeIterables<Value>(
  sources: readonly Source<Value>[],
  runningMax: number,
): AsyncGenerator<Merged<Value>> {
  const waiting = [...sources];
  const running = new Map<AsyncIterator<Value>, Promise<Arrival<Value>>>();
  const begin = () => {
    const source = waiting.shift();
    if (source === undefined) return;
    const iterator = source.answers()[Symbol.asyncIterator]();
    running.set(iterator, arrivalOf(iterator, source.index));
  };
  for (let i = 0; i < runningMax; i++) begin();
  try {
    while (running.size > 0) {
      const { iterator, index, result } = await Promise.race(running.values());
      if (result.done === true) {
        running.delete(iterator);
        begin();
        continue;
      }
      running.set(iterator, arrivalOf(iterator, index));
      yield { index, value: result.value };
    }
  } finally {
    for (const [iterator, arrival] of running) leave(iterator, arrival);
  }
}

interface Arrival<Value> {
  readonly iterator: AsyncIterator<Value>;
  readonly index: number;
  readonly result: IteratorResult<Value>;
}

async function arrivalOf<Value>(iterator: AsyncIterator<Value>, index: number): Promise<Arrival<Value>> {
  return { iterator, index, result: await iterator.next() };
}

/** Does not wait: a generator hears that it is left only when what it waits for has come. */
function leave<Value>(iterator: AsyncIterator<Value>, arrival: Promise<Arrival<Value>>): void {
  arrival.catch(() => undefined);
  iterator.return?.().catch(() => undefined);
}
