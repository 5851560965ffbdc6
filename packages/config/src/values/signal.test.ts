import { describe, expect, it } from 'vitest';
import { signal, signalName, signalNumber } from './signal.ts';

describe('signal', () => {
  it.each([
    ['TERM', 'TERM', 15],
    ['sigterm', 'TERM', 15],
    ['9', 'KILL', 9],
    [' usr1 ', 'USR1', 10],
    ['CLD', 'CHLD', 17],
    ['IOT', 'ABRT', 6],
    ['IO', 'POLL', 29],
    ['RTMIN', 'RTMIN', 34],
    ['64', 'RTMAX', 64],
    ['_IGN', 'HUP', 1],
    ['_DFL', '0', 0],
    ['0', '0', 0],
  ])('%j is %s, %d', (text, value, number) => {
    expect(signal(text)).toEqual({ ok: true, value });
    expect(signalNumber(text)).toBe(number);
    expect(signalNumber(value)).toBe(number);
  });

  it.each([
    ['FOO', "value 'FOO' is not a valid signal name"],
    ['', "value '' is not a valid signal name"],
    ['SIGSIGTERM', "value 'SIGSIGTERM' is not a valid signal name"],
    ['35', "value '35' is not a valid signal number"],
    ['-9', "value '-9' is not a valid signal number"],
  ])('%j is refused', (text, message) => {
    expect(signal(text)).toMatchObject({ ok: false, message });
    expect(signalNumber(text)).toBeUndefined();
  });

  it('has the names that Supervisor prints', () => {
    expect([15, 6, 17, 29, 35].map(signalName)).toEqual(['SIGTERM', 'SIGABRT', 'SIGCHLD', 'SIGPOLL', 'signal 35']);
  });
});
