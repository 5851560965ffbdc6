import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseCount, parseDurationMs, parseRevision } from './parse-value.ts';

describe('values of options', () => {
  it.each([
    ['90', 90_000],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
  ])('reads the length of time %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each([
    ['example.org', 'example.org:7400'],
    ['example.org:99', 'example.org:99'],
    ['[::1]', '[::1]:7400'],
    ['[::1]:99', '[::1]:99'],
  ])('reads the address %s', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it('reads revisions and counts', () => {
    expect(parseRevision('3')).toBe(3);
    expect(parseRevision('r3')).toBe(3);
    expect(parseCount('20')).toBe(20);
  });

  it.each<[string, (text: string) => unknown, string]>([
    ['a length of time', parseDurationMs, 'soon'],
    ['a length of time', parseDurationMs, '0s'],
    ['a length of time', parseDurationMs, '-5m'],
    ['a length of time', parseDurationMs, '99999d'],
    ['an address', parseAddress, 'http://x:1'],
    ['an address', parseAddress, 'x:99999'],
    ['an address', parseAddress, '::1'],
    ['an address', parseAddress, ''],
    ['a revision', parseRevision, '0'],
    ['a revision', parseRevision, 'newest'],
    ['a count', parseCount, '0'],
    ['a count', parseCount, '1.5'],
  ])('refuses as %s', (_what, parse, text) => {
    expect(() => parse(text)).toThrow(FleetError);
  });
});
