import { describe, expect, it } from 'vitest';
import { PIPE_BYTES, paceFor } from './read-pace.ts';

describe('paceFor', () => {
  it.each([
    ['nothing', 0, 10, 'slow'],
    ['10,000 lines a second', 10_000, 10, 'slow'],
    ['half a pipe a tick', PIPE_BYTES / 2, 10, 'quick'],
    ['the same, seen for less time', PIPE_BYTES / 10, 2, 'quick'],
    ['half a pipe in a short tick', PIPE_BYTES / 2, 2, 'flowing'],
    ['a flood', 10 * PIPE_BYTES, 10, 'flowing'],
  ])('%s', (_, bytes, duringMs, expected) => {
    expect(paceFor(bytes, duringMs)).toBe(expected);
  });
});
