import { expect, it } from 'vitest';
import { type EndedTask, reasonOf } from './reason.ts';

const task = (host: string, state: EndedTask['state'], message = ''): EndedTask => ({ host, state, message });

it.each([
  ['succeeded', [task('a', 'healthy')], ''],
  ['succeeded', [], ''],
  [
    'succeeded-with-deferred',
    [task('a', 'healthy'), task('b', 'deferred')],
    '1 of 2 hosts: b is not connected and gets it when it returns',
  ],
  [
    'failed',
    [task('a', 'healthy'), task('b', 'deferred'), task('c', 'rejected', 'web.conf:1: bad')],
    '1 of 3 hosts: c refused it (web.conf:1: bad)',
  ],
  [
    'failed',
    ['a', 'b', 'c', 'd', 'e'].map((host) => task(host, 'timed-out')),
    '5 of 5 hosts: a did not finish in time; b did not finish in time; c did not finish in time; and 2 more',
  ],
  ['superseded', [task('a', 'superseded')], 'a newer rollout took over hosts of this one'],
] as const)('%s', (state, tasks, expected) => {
  expect(reasonOf(state, tasks)).toBe(expected);
});
