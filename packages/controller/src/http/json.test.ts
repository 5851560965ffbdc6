import { describe, expect, it } from 'vitest';
import { jsonExit, jsonInteger, jsonTime, jsonWireExit } from './json.ts';
import { pageByKey, positionOf } from './list-query.ts';

describe('values in JSON', () => {
  it('write times in UTC to the microsecond', () => {
    expect(jsonTime(1_700_000_000_123_456n)).toBe('2023-11-14T22:13:20.123456Z');
    expect(jsonTime(1_700_000_000_000_007n)).toBe('2023-11-14T22:13:20.000007Z');
  });

  it.each([0n, -1n, 2n ** 63n - 1n])('write %s as no time', (us) => {
    expect(jsonTime(us)).toBeNull();
  });

  it('write whole numbers as numbers while they can be exact', () => {
    expect(jsonInteger(42n)).toBe(42);
    expect(jsonInteger(2n ** 53n)).toBe('9007199254740992');
  });

  it('write the ways a run can end', () => {
    expect(jsonExit({ kind: 'code', code: 3 })).toEqual({ code: 3 });
    expect(jsonExit({ kind: 'signal', number: 9, coreDumped: true })).toEqual({ signal: 9, coreDumped: true });
    expect(jsonExit({ kind: 'unknown' })).toEqual({ unknown: true });
    expect(jsonExit(undefined)).toBeNull();
  });

  it('write an exit the same whether it comes from a status or an event', () => {
    expect(jsonWireExit({ how: { $case: 'code', value: 3 }, coreDumped: false })).toEqual({ code: 3 });
    expect(jsonWireExit({ how: { $case: 'signal', value: 9 }, coreDumped: true })).toEqual({
      signal: 9,
      coreDumped: true,
    });
    expect(jsonWireExit({ how: { $case: 'unknown', value: true }, coreDumped: false })).toEqual({ unknown: true });
    expect(jsonWireExit(undefined)).toBeNull();
  });
});

describe('pages', () => {
  const names = ['web2', 'db1', 'web10', 'web1'];
  const page = (limit: number, after?: string) =>
    pageByKey(names, (name) => name, after === undefined ? { limit } : { limit, after });

  it('go on behind the cursor until nothing is left', () => {
    expect(page(2)).toEqual({ items: ['db1', 'web1'], next: 'web1' });
    expect(page(2, 'web1')).toEqual({ items: ['web10', 'web2'], next: null });
    expect(page(2, 'web2')).toEqual({ items: [], next: null });
  });

  it('go on although the item of the cursor is gone', () => {
    expect(page(1, 'web0')).toEqual({ items: ['web1'], next: 'web1' });
  });

  it('take positions as cursors, and nothing else', () => {
    expect(positionOf('123')).toBe(123n);
    expect(() => positionOf('-1')).toThrow(/'-1' is not a position/);
    expect(() => positionOf('web1')).toThrow(/is not a position/);
  });
});
