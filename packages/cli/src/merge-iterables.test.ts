import { describe, expect, it } from 'vitest';
import { mergeIterables } from './merge-iterables.ts';

async function* of(...values: string[]): AsyncGenerator<string> {
  yield* values;
}

function sources(...all: readonly (() => AsyncIterable<string>)[]) {
  return all.map((answers, index) => ({ index, answers }));
}

describe('mergeIterables', () => {
  it('yields everything, each with its source', async () => {
    const merged: string[] = [];
    for await (const { index, value } of mergeIterables(
      sources(
        () => of('a', 'b'),
        () => of(),
        () => of('c'),
      ),
      2,
    )) {
      merged.push(`${index}${value}`);
    }
    expect(merged.toSorted()).toEqual(['0a', '0b', '2c']);
  });

  it('reads no more sources at once than it may', async () => {
    let open = 0;
    let openMax = 0;
    async function* counted(): AsyncGenerator<string> {
      openMax = Math.max(openMax, ++open);
      yield 'x';
      open--;
    }
    const all = mergeIterables(sources(...Array.from({ length: 10 }, () => counted)), 3);
    expect(await Array.fromAsync(all)).toHaveLength(10);
    expect(openMax).toBe(3);
  });

  it('ends with the first error, without waiting for a source that never ends', async () => {
    const never = (): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => undefined) }),
    });
    async function* failing(): AsyncGenerator<string> {
      yield 'a';
      throw new Error('broken');
    }
    await expect(Array.fromAsync(mergeIterables(sources(never, failing), 2))).rejects.toThrow('broken');
  });
});
