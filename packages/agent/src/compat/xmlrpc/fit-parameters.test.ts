import { describe, expect, it } from 'vitest';
import { checkCount, fitParameters } from './fit-parameters.ts';
import type { Parameter } from './method.ts';
import type { XmlRpcValue } from './value.ts';

const startProcess: readonly Parameter[] = [
  { name: 'name', type: 'string' },
  { name: 'wait', type: 'boolean', default: true },
];

const fitted = (type: Parameter['type'], value: XmlRpcValue) => fitParameters([{ name: 'it', type }], [value])[0];

describe('checkCount', () => {
  it.each([
    [0, false],
    [1, true],
    [2, true],
    [3, false],
  ])('of %i values for one and an optional one', (count, isRight) => {
    const check = () => checkCount(startProcess, Array(count).fill('x'));
    if (isRight) check();
    else expect(check).toThrow(/^INCORRECT_PARAMETERS$/);
  });
});

describe('fitParameters', () => {
  it('puts the default where nothing was given', () => {
    expect(fitParameters(startProcess, ['web'])).toEqual(['web', true]);
    expect(fitParameters(startProcess, ['web', false])).toEqual(['web', false]);
  });

  it.each<[Parameter['type'], XmlRpcValue, XmlRpcValue]>([
    ['string', 'x', 'x'],
    ['int', 5, 5],
    ['int', true, 1],
    ['int', '5', 5],
    ['int', ' -5\n', -5],
    ['int', -1.9, -1],
    ['text', 'x', 'x'],
    ['text', 5, '5'],
    ['text', false, 'False'],
    ['text', ["it's", { a: [true] }], `["it's", {'a': [True]}]`],
    ['boolean', false, false],
    ['boolean', 1, true],
    ['boolean', 0, false],
    ['boolean', '', false],
    ['boolean', 'false', true],
    ['boolean', [], false],
    ['boolean', {}, false],
    ['array', [1], [1]],
    ['struct', { a: 1 }, { a: 1 }],
    ['string or int', 'TERM', 'TERM'],
    ['string or int', 15, 15],
  ])('as Python would: %s takes %j', (type, value, taken) => {
    expect(fitted(type, value)).toEqual(taken);
  });

  it.each<[Parameter['type'], XmlRpcValue]>([
    ['string', 5],
    ['string', ['x']],
    ['int', ''],
    ['int', '1.5'],
    ['int', '0x5'],
    ['int', []],
    ['int', Number.POSITIVE_INFINITY],
    ['array', 'abc'],
    ['array', {}],
    ['struct', []],
    ['string or int', []],
    ['string or int', 1.5],
  ])('%s does not take %j', (type, value) => {
    expect(() => fitted(type, value)).toThrow(/^INCORRECT_PARAMETERS$/);
  });
});
