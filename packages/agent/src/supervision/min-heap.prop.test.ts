import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinHeap } from './min-heap.ts';

function drain(heap: MinHeap<number>): number[] {
  const items: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
}

describe('MinHeap', () => {
  it('gives back everything, smallest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const heap = new MinHeap<number>((a, b) => a < b);
        for (const item of items) heap.push(item);
        expect(heap.size).toBe(items.length);
        expect(heap.peek()).toBe(items.toSorted((a, b) => a - b)[0]);
        expect(drain(heap)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });

  it('keeps its order when items are swept out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const heap = new MinHeap<number>((a, b) => a < b);
        for (const item of items) heap.push(item);
        heap.keep((item) => item % 3 !== 0);
        expect(drain(heap)).toEqual(items.filter((item) => item % 3 !== 0).toSorted((a, b) => a - b));
      }),
    );
  });
});
