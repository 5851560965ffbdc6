import { describe, expect, it } from 'vitest';
import type { LoadLevel } from '../fleet/load-level.ts';
import { Doorkeeper } from './doorkeeper.ts';

function door(level: LoadLevel, hosts = 0): Doorkeeper {
  return new Doorkeeper({ load: { level }, hostCount: () => hosts });
}

describe('Doorkeeper', () => {
  it('lets hosts in as long as not too many come at once', () => {
    expect(door('no-tables').judge(199)).toBeUndefined();
    expect(door('calm').judge(200)).toMatchObject({ code: 'overloaded', permanent: false, retryAfterMs: 2_000 });
  });

  it('spreads their return the further, the more may come', () => {
    expect(door('calm', 3_000).judge(200)?.retryAfterMs).toBe(2_000 + 5_000);
    expect(door('calm', 100_000).judge(200)?.retryAfterMs).toBe(2_000 + 20_000);
  });

  it('lets nobody in while there is more to do than time', () => {
    expect(door('no-sessions').judge(0)).toMatchObject({ code: 'overloaded', retryAfterMs: 5_000 });
  });

  it('lets nobody in once the controller is about to end', () => {
    const closing = door('calm');
    closing.close();
    expect(closing.judge(0)).toMatchObject({ code: 'shutting-down', permanent: false, retryAfterMs: 1_000 });
  });

  it('counts who was refused, by why', () => {
    const counting = door('calm');
    for (const code of ['overloaded', 'name-taken', 'overloaded'] as const) counting.count(code);
    expect([...counting.refused]).toEqual([
      ['overloaded', 2],
      ['name-taken', 1],
    ]);
  });
});
