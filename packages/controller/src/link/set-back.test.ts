import { expect, it } from 'vitest';
import { whySetBack } from './set-back.ts';

it.each([
  ['has what the store has', 'life', 7n, false],
  ['is behind, as after a lost acknowledgement', 'life', 6n, false],
  ['is ahead in this life of the store', 'life', 8n, true],
  ['is ahead of another life, as after a restore that is known', 'other life', 8n, false],
  ['has never been here', '', 0n, false],
])('a host that %s', (_, incarnation, seq, expected) => {
  const store = { incarnation: 'life', ackedSeq: 7n };
  expect(whySetBack({ name: 'web1', acked: { incarnation, seq } }, store) !== undefined).toBe(expected);
});
