import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { labelMatcher } from './label-selector.ts';

const labels = { region: 'eu', 'app.kubernetes.io/tier': 'web', empty: '' };

describe('labelMatcher', () => {
  it.each([
    ['region=eu', true],
    [' region = eu ', true],
    ['region==eu', true],
    ['region=us', false],
    ['zone=eu', false],
    ['empty=', true],
    ['region in (us, eu)', true],
    ['region in (us)', false],
    ['zone in (eu)', false],
    ['region', true],
    ['zone', false],
    ['!zone', true],
    ['! region', false],
    ['app.kubernetes.io/tier=web', true],
    ['constructor', false],
    ['!toString', true],
  ])('%s is %s', (condition, expected) => {
    expect(labelMatcher(condition)(labels)).toBe(expected);
  });

  it.each(['', '=eu', 'region in eu', 'region in ()', 'region in (eu,)', 'a b', '!!a', 'region!=eu'])(
    'refuses %j and says what can be written',
    (condition) => {
      const wrong = () => labelMatcher(condition);
      expect(wrong).toThrow(FleetError);
      expect(wrong).toThrow(/write key=value/);
    },
  );
});
