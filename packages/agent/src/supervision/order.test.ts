import { describe, expect, it } from 'vitest';
import { requestOrder, shutdownOrder } from './order.ts';
import { groupSpec, processSpec } from './testing/specs.ts';

const groups = [
  groupSpec('late', { priority: 20 }),
  groupSpec('mixed', {
    priority: 10,
    processes: [
      processSpec('c', { priority: 3 }),
      processSpec('b', { priority: 2 }),
      processSpec('b2', { priority: 2 }),
      processSpec('a', { priority: 1 }),
    ],
  }),
  groupSpec('early', { priority: -1 }),
  groupSpec('also late', { priority: 20 }),
];

const names = (specs: readonly { name: string }[]) => specs.map(({ name }) => name);

describe('orders', () => {
  it('start and stop several on request by group, then by process, low priorities first', () => {
    expect(names(requestOrder(groups))).toEqual(['early', 'a', 'b', 'b2', 'c', 'late', 'also late']);
  });

  it('shut down group by group from the highest priority, the last of equals first', () => {
    expect(shutdownOrder(groups).map(names)).toEqual([['also late'], ['late'], ['c', 'b2', 'b', 'a'], ['early']]);
  });
});
