import { describe, expect, it } from 'vitest';
import {
  busyListener,
  type ListenerOutput,
  type ListenerState,
  newListener,
  RESULT_LINE_BYTES_MAX,
  readListener,
} from './listener-protocol.ts';

const ready: ListenerState = { name: 'READY' };
const unknown: ListenerState = { name: 'UNKNOWN' };

function line(output: ListenerOutput): string {
  switch (output.kind) {
    case 'moved':
      return `${output.from} -> ${output.to}`;
    case 'badResultLine':
      return `bad ${Buffer.from(output.line).toString()}`;
    default:
      return output.kind;
  }
}

/** What became known, and the state in the end. */
function read(state: ListenerState, ...chunks: string[]): string[] {
  let now = state;
  const lines: string[] = [];
  for (const chunk of chunks) {
    const step = readListener(now, Buffer.from(chunk));
    now = step.state;
    lines.push(...step.outputs.map(line));
  }
  return [...lines, now.name];
}

describe('a listener that has said nothing', () => {
  it.each([
    ['the token', ['READY\n'], ['ACKNOWLEDGED -> READY', 'READY']],
    ['the token in pieces', ['RE', 'A', 'DY', '\n'], ['ACKNOWLEDGED -> READY', 'READY']],
    ['less than the token', ['hello'], ['ACKNOWLEDGED']],
    ['something else', ['hello!'], ['ACKNOWLEDGED -> UNKNOWN', 'UNKNOWN']],
    ['a carriage return', ['READY\r\n'], ['ACKNOWLEDGED -> UNKNOWN', 'UNKNOWN']],
    ['the token and more', ['READY\nx'], ['ACKNOWLEDGED -> READY', 'READY -> UNKNOWN', 'UNKNOWN']],
    ['something else, then the token', ['hello!', 'READY\n'], ['ACKNOWLEDGED -> UNKNOWN', 'UNKNOWN']],
  ])('%s', (_, chunks, expected) => {
    expect(read(newListener, ...chunks)).toEqual(expected);
  });
});

describe('a listener that is READY', () => {
  it('must say nothing', () => {
    expect(read(ready, '\n')).toEqual(['READY -> UNKNOWN', 'UNKNOWN']);
  });
});

describe('a listener that is UNKNOWN', () => {
  it('is not heard', () => {
    expect(read(unknown, 'READY\n', 'RESULT 2\nOK')).toEqual(['UNKNOWN']);
  });
});

describe('a listener that is BUSY', () => {
  const done = ['accepted', 'BUSY -> ACKNOWLEDGED'];
  const refused = ['rejected', 'BUSY -> ACKNOWLEDGED'];
  const bad = (text: string) => [`bad ${text}`, 'BUSY -> UNKNOWN', 'UNKNOWN'];

  it.each([
    ['OK', ['RESULT 2\nOK'], [...done, 'ACKNOWLEDGED']],
    ['OK in pieces', ['RESU', 'LT 2', '\n', 'O', 'K'], [...done, 'ACKNOWLEDGED']],
    ['OK and the next token', ['RESULT 2\nOKREADY\n'], [...done, 'ACKNOWLEDGED -> READY', 'READY']],
    ['another word before the length', ['FOOBAR 2\nOK'], [...done, 'ACKNOWLEDGED']],
    ['a length as Python reads it', ['RESULT  +0_2 \r\nOK'], [...done, 'ACKNOWLEDGED']],
    ['FAIL', ['RESULT 4\nFAIL'], [...refused, 'ACKNOWLEDGED']],
    ['another text of the same length', ['RESULT 2\nok'], [...refused, 'ACKNOWLEDGED']],
    ['OK and more inside', ['RESULT 3\nOK\n'], [...refused, 'ACKNOWLEDGED']],
    ['no bytes at all, judged at once', ['RESULT 0\n'], [...refused, 'ACKNOWLEDGED']],
    ['a result that is not complete', ['RESULT 300\n', 'OK'], ['BUSY']],
    ['no number', ['RESULT what\nOK'], bad('RESULT what')],
    ['nothing where the number is', ['RESULT\n'], bad('RESULT')],
    ['a negative number', ['RESULT -2\nOK'], bad('RESULT -2')],
    ['a number beyond all sizes', ['RESULT 99999999999999999999\n'], bad('RESULT 99999999999999999999')],
    ['READY instead of a result', ['READY\n'], bad('READY')],
  ])('%s', (_, chunks, expected) => {
    expect(read(busyListener, ...chunks)).toEqual(expected);
  });

  it('has a bad line before its end when the line is too long', () => {
    const long = `RESULT ${' '.repeat(RESULT_LINE_BYTES_MAX)}`;
    expect(read(busyListener, long)).toEqual(bad(long.slice(0, RESULT_LINE_BYTES_MAX)));
    expect(read(busyListener, `${long.slice(0, RESULT_LINE_BYTES_MAX - 1)}2\nOK`)).toEqual([...done, 'ACKNOWLEDGED']);
  });
});
