import { describe, expect, it } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

describe('OneAtATime', () => {
  it('begins none before all that were asked for earlier have ended', async () => {
    const changes = new OneAtATime();
    const story: string[] = [];
    const slow = Promise.withResolvers<void>();
    const first = changes.run(async () => {
      story.push('first begins');
      await slow.promise;
      story.push('first ends');
    });
    const second = changes.run(async () => void story.push('second'));
    await Promise.resolve();
    expect(changes.isBusy).toBe(true);
    slow.resolve();
    await Promise.all([first, second]);
    expect(story).toEqual(['first begins', 'first ends', 'second']);
    expect(changes.isBusy).toBe(false);
  });

  it('tells a failure to its caller alone', async () => {
    const changes = new OneAtATime();
    const failed = changes.run(() => Promise.reject(new Error('no')));
    const next = changes.run(async () => 'done');
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('done');
  });
});
