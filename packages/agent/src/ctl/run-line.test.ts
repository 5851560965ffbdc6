import { expect, it } from 'vitest';
import { parseLine } from './run-line.ts';

it.each([
  ['status', 'status', ''],
  ['stop  a  b ', 'stop', 'a  b'],
  ['status;x', 'status', ';x'],
  ['tail-f x', 'tail', '-f x'],
  ['? start', 'help', 'start'],
  ['?', 'help', ''],
  ['!ls', undefined, '!ls'],
  ['-x', undefined, '-x'],
])('%s', (line, name, argument) => {
  expect(parseLine(line)).toEqual({ name, argument });
});
