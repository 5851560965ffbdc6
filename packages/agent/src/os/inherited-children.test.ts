import { describe, expect, it } from 'vitest';
import { exitOf } from './inherited-children.ts';

describe('the status of wait(2)', () => {
  it.each([
    [0, { kind: 'code', code: 0 }],
    [7 << 8, { kind: 'code', code: 7 }],
    [255 << 8, { kind: 'code', code: 255 }],
    [9, { kind: 'signal', signal: 'SIGKILL', number: 9, coreDumped: false }],
    [0x80 | 11, { kind: 'signal', signal: 'SIGSEGV', number: 11, coreDumped: true }],
  ])('%i', (status, exit) => {
    expect(exitOf(status)).toEqual(exit);
  });
});
