import { expect, it } from 'vitest';
import { complete } from './completion.ts';

const processes = [
  { group: 'api', name: 'api' },
  { group: 'w', name: 'w0' },
  { group: 'w', name: 'w1' },
];

async function candidates(line: string): Promise<string[]> {
  return (await complete(line, async () => processes))[0];
}

it.each([
  ['sta', ['start ', 'status ']],
  ['help re', ['reload ', 'remove ', 'reread ', 'restart ']],
  ['status ', ['api ', 'w:w0 ', 'w:* ', 'w:w1 ']],
  ['  stop api w:w', ['w:w0 ', 'w:w1 ']],
  ['restart api:', ['api:api ', 'api:* ']],
  ['update ', ['api ', 'w ']],
  ['version ', []],
  ['nonsense a', []],
])('offers for "%s"', async (line, expected) => {
  expect(await candidates(line)).toEqual(expected);
});

it('asks the server only when names are wanted, and replaces the last word alone', async () => {
  const [names, piece] = await complete('s', () => Promise.reject(new Error('asked')));
  expect(names).toContain('start ');
  expect(piece).toBe('s');
});
