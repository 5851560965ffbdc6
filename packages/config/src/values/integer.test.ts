import { describe, expect, it } from 'vitest';
import { byteSize, exitCodes, integer, octal } from './integer.ts';

// Python 3.11 answers the same for every text here.
describe('integer', () => {
  it.each([
    ['1', 1],
    [' 5 ', 5],
    ['+3', 3],
    ['-4', -4],
    ['1_0', 10],
    ['00012', 12],
    ['-0', 0],
  ])('%j is %d', (text, value) => {
    expect(integer(text)).toEqual({ ok: true, value });
  });

  it.each(['', '1.5', '1__0', '_1', '0x1', '1e3', 'abc', '- 1'])('%j is refused', (text) => {
    expect(integer(text)).toMatchObject({ ok: false, message: `invalid literal for int() with base 10: '${text}'` });
  });
});

describe('octal', () => {
  it.each([
    ['022', 0o22],
    ['22', 0o22],
    ['0o22', 0o22],
    ['0O7', 7],
    ['-1', -1],
    ['1_1', 0o11],
  ])('%j is %d', (text, value) => {
    expect(octal(text)).toEqual({ ok: true, value });
  });

  it.each(['9', '', '0x1', '0o'])('%j is refused', (text) => {
    expect(octal(text)).toMatchObject({ ok: false, message: `${text} can not be converted to an octal type` });
  });
});

describe('byteSize', () => {
  it.each([
    ['0', 0],
    ['1KB', 1024],
    ['3 mb', 3 * 1024 ** 2],
    ['1Gb', 1024 ** 3],
    ['-1KB', -1024],
  ])('%j is %d', (text, value) => {
    expect(byteSize(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['10M', '10m'],
    ['1.5MB', '1.5'],
    ['10TB', '10tb'],
    ['KB', ''],
  ])('%j is refused, quoting %j', (text, quoted) => {
    expect(byteSize(text)).toMatchObject({
      ok: false,
      message: `invalid literal for int() with base 10: '${quoted}'`,
      allowed: 'a whole number of bytes, or one with KB, MB or GB',
    });
  });
});

describe('exitCodes', () => {
  it.each([
    ['', []],
    ['0', [0]],
    ['0,2, 255', [0, 2, 255]],
    ['2,0,2', [2, 0, 2]],
  ])('%j', (text, value) => {
    expect(exitCodes(text)).toEqual({ ok: true, value });
  });

  it.each(['256', '-1', '1,', 'a', '1;2'])('%j is refused', (text) => {
    expect(exitCodes(text)).toMatchObject({ ok: false, message: `not a valid list of exit codes: '${text}'` });
  });
});
