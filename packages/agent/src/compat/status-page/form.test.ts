import { expect, it } from 'vitest';
import { parseForm } from './form.ts';

it.each([
  ['/', '', {}],
  ['/?', 'x', {}],
  ['/?a=1&b=x+y%3Az#c', '', { a: '1', b: 'x y:z' }],
  ['/?a=1&a=2', '', { a: '1' }],
  ['/?a=&a=2', '', { a: '2' }],
  ['/', 'a=1&a=2&a=', { a: '2' }],
  ['/?a=1&b=1', 'a=2', { a: '2', b: '1' }],
  ['/?a=%C3%A9%ff', '', { a: 'é\ufffd' }],
  [`/?a=${Buffer.from('é').toString('latin1')}`, 'b=é', { a: 'é', b: 'é' }],
  ['/?__proto__=1', '', { ['__proto__']: '1' }],
])('%s with %s', (url, body, expected) => {
  expect(parseForm(url, Buffer.from(body))).toEqual(new Map(Object.entries(expected)));
});
