import { expect, it } from 'vitest';
import { parseMaintail, parseTail } from './tail-request.ts';

function tail(line: string) {
  const parsed = parseTail(line.split(' ').filter((word) => word !== ''));
  return parsed.ok ? parsed.request : `${parsed.message}${parsed.withHelp ? ' + help' : ''}`;
}

function maintail(line: string) {
  const parsed = parseMaintail(line.split(' ').filter((word) => word !== ''));
  return parsed.ok ? parsed.request : `${parsed.message}${parsed.withHelp ? ' + help' : ''}`;
}

const last = (bytes: number) => ({ kind: 'last', bytes });

it.each([
  ['x', { namespec: 'x', channel: 'stdout', howMuch: last(1600) }],
  ['-20 x', { namespec: 'x', channel: 'stdout', howMuch: last(20) }],
  ['-1_000 x STDERR', { namespec: 'x', channel: 'stderr', howMuch: last(1000) }],
  ['--5 x', { namespec: 'x', channel: 'stdout', howMuch: last(-5) }],
  ['-f g:x stderr', { namespec: 'g:x', channel: 'stderr', howMuch: { kind: 'follow' } }],
  ['x stdout stderr', { namespec: 'x', channel: 'stderr', howMuch: last(1600) }],
  ['', 'Error: too few arguments + help'],
  ['a b c d', 'Error: too many arguments + help'],
  ['-f', 'Error: tail requires process name'],
  ['x foo', "Error: bad channel 'foo'"],
  ['-x y', 'Error: bad argument -x'],
  ['-1.5 y', 'Error: bad argument -1.5'],
])('tail %s', (line, expected) => {
  expect(tail(line)).toEqual(expected);
});

it.each([
  ['', last(1600)],
  ['-20', last(20)],
  ['-f', { kind: 'follow' }],
  ['20', 'Error: bad argument 20'],
  ['-x', 'Error: bad argument -x'],
  ['-f x', 'Error: too many arguments + help'],
])('maintail %s', (line, expected) => {
  expect(maintail(line)).toEqual(expected);
});
