import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('BoundedQueue', () => {
  it('gives back what was put, in order', async () => {
    const queue = new BoundedQueue<number>(3);
    for (const item of [1, 2, 3]) expect(queue.offer(item)).toBe(true);
    expect(await queue.take()).toEqual({ done: false, value: 1 });
    expect(await queue.take()).toEqual({ done: false, value: 2 });
    expect(queue.size).toBe(1);
  });

  it('takes nothing beyond its bound, and does not drop what it has', async () => {
    const queue = new BoundedQueue<number>(1);
    expect(queue.offer(1)).toBe(true);
    expect(queue.offer(2)).toBe(false);
    expect((await queue.take()).value).toBe(1);
  });

  it('lets a putter wait for room', async () => {
    const queue = new BoundedQueue<number>(1);
    queue.offer(1);
    const put = queue.put(2);
    await settled();
    expect(queue.size).toBe(1);
    await queue.take();
    expect(await put).toBe(true);
    expect((await queue.take()).value).toBe(2);
  });

  it('hands an item straight to a taker that waits', async () => {
    const queue = new BoundedQueue<number>(1);
    const taken = queue.take();
    expect(queue.offer(7)).toBe(true);
    expect(queue.size).toBe(0);
    expect((await taken).value).toBe(7);
  });

  it('gives out what it has after it is closed, then ends; wakes all who wait', async () => {
    const queue = new BoundedQueue<number>(1);
    queue.offer(1);
    const put = queue.put(2);
    queue.close();
    expect(await put).toBe(false);
    const seen: number[] = [];
    for await (const item of queue) seen.push(item);
    expect(seen).toEqual([1]);
    expect(queue.offer(3)).toBe(false);
    const waiting = new BoundedQueue<number>(1);
    const taken = waiting.take();
    waiting.close();
    expect((await taken).done).toBe(true);
  });

  it('lets a putter give up, and forgets it', async () => {
    const queue = new BoundedQueue<number>(1);
    queue.offer(1);
    const abort = new AbortController();
    const put = queue.put(2, abort.signal);
    abort.abort(new Error('enough'));
    await expect(put).rejects.toThrow('enough');
    await queue.take();
    await settled();
    expect(queue.size).toBe(0);
  });
});
