import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNamespec, matchNamespec } from './namespec.ts';

const PROCESSES = [
  { group: 'api', name: 'api_00' },
  { group: 'api', name: 'api_01' },
  { group: 'web', name: 'web' },
  { group: 'web2', name: 'web2' },
  { group: 'foo', name: 'web' },
];

describe('matchNamespec', () => {
  it.each([
    ['web', ['web']],
    ['web:web', ['web']],
    ['foo:web', ['foo:web']],
    ['api', []],
    ['api_00', []],
    ['api:*', ['api:api_00', 'api:api_01']],
    ['api:', ['api:api_00', 'api:api_01']],
    ['all', ['api:api_00', 'api:api_01', 'web', 'web2', 'foo:web']],
    ['web*', ['web', 'web2']],
    ['*', ['api:api_00', 'api:api_01', 'web', 'web2', 'foo:web']],
    ['*:web', ['web', 'foo:web']],
    ['a*:*_0[1-9]', ['api:api_01']],
    ['api:api_0?', ['api:api_00', 'api:api_01']],
    ['*00', ['api:api_00']],
    ['nope', []],
    ['nope:*', []],
  ])('%s', (namespec, expected) => {
    expect(matchNamespec(namespec, PROCESSES).map(formatNamespec)).toEqual(expected);
  });

  it('finds every process by the name that it is shown with', () => {
    const word = fc.stringMatching(/^[a-z_0-9.-]{1,8}$/).filter((name) => name !== 'all');
    fc.assert(
      fc.property(fc.array(fc.record({ group: word, name: word }), { minLength: 1 }), (processes) => {
        for (const process of processes) {
          expect(matchNamespec(formatNamespec(process), processes)).toContainEqual(process);
          expect(matchNamespec(`${process.group}:*`, processes)).toContainEqual(process);
        }
      }),
    );
  });
});
