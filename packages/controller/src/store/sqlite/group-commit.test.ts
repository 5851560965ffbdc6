import { FleetError, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';

/** A group commit whose commits end when the test says so. */
function bench() {
  const clock = new VirtualClock();
  const groups: string[][] = [];
  const endings: PromiseWithResolvers<void>[] = [];
  const commits = new GroupCommit<string, string>({
    clock,
    waitMs: 50,
    rowsMax: 10,
    rowsWaitingMax: 20,
    commit: async (items) => {
      groups.push([...items]);
      const ending = Promise.withResolvers<void>();
      endings.push(ending);
      await ending.promise;
      return items.map((item) => `stored ${item}`);
    },
  });
  return {
    clock,
    groups,
    commits,
    end: (nth: number) => endings[nth]?.resolve(),
    fail: (nth: number, error: Error) => endings[nth]?.reject(error),
  };
}

describe('a group commit', () => {
  it('goes nearly at once when there was nothing before, with what comes in the same moment', async () => {
    const { clock, groups, commits, end } = bench();
    const results = [commits.add('a', 1), commits.add('b', 1)];
    expect(groups).toEqual([]);
    await clock.advanceAsync(2);
    expect(groups).toEqual([['a', 'b']]);
    end(0);
    expect(await Promise.all(results)).toEqual(['stored a', 'stored b']);
    expect(clock.armed).toBe(0);
  });

  it('waits for others soon after a commit, and no longer than from one commit to the next', async () => {
    const { clock, groups, commits, end } = bench();
    const first = commits.add('a', 1);
    await clock.advanceAsync(2);
    end(0);
    await first;
    const second = commits.add('b', 1);
    await clock.advanceAsync(30);
    const third = commits.add('c', 1);
    await clock.advanceAsync(19);
    expect(groups).toEqual([['a']]);
    await clock.advanceAsync(1);
    expect(groups).toEqual([['a'], ['b', 'c']]);
    end(1);
    await Promise.all([second, third]);
    await clock.advanceAsync(60);
    const alone = commits.add('d', 1);
    await clock.advanceAsync(2);
    expect(groups[2]).toEqual(['d']);
    end(2);
    await alone;
  });

  it('goes at once when there is enough', async () => {
    const { clock, groups, commits, end } = bench();
    const results = [commits.add('a', 4), commits.add('b', 6)];
    expect(groups).toEqual([['a', 'b']]);
    end(0);
    await Promise.all(results);
    expect(clock.armed).toBe(0);
  });

  it('gathers what comes during a commit, and never runs two', async () => {
    const { clock, groups, commits, end } = bench();
    const first = commits.add('a', 10);
    const rest = [commits.add('b', 4), commits.add('c', 4), commits.add('d', 4), commits.add('e', 1)];
    await clock.advanceAsync(200);
    expect(groups).toEqual([['a']]);
    end(0);
    await first;
    await clock.advanceAsync(0);
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
    end(1);
    await clock.advanceAsync(0);
    expect(groups[2]).toEqual(['e']);
    end(2);
    await Promise.all(rest);
  });

  it('fails a group as a whole, and goes on with the next', async () => {
    const { clock, commits, end, fail } = bench();
    const failed = [commits.add('a', 5), commits.add('b', 5)];
    const next = commits.add('c', 1);
    fail(0, new Error('disk full'));
    const verdicts = await Promise.allSettled(failed);
    expect(verdicts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await clock.advanceAsync(50);
    end(1);
    expect(await next).toBe('stored c');
  });

  it('fails one that contradicts what is stored, and not those that waited with it', async () => {
    const commits = new GroupCommit<string, string>({
      clock: new VirtualClock(),
      waitMs: 0,
      rowsMax: 10,
      rowsWaitingMax: 20,
      commit: async (items) => {
        if (items.includes('bad')) throw new FleetError('conflict', 'bad');
        return items;
      },
    });
    const verdicts = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map((item) => commits.add(item, 1)));
    expect(verdicts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('refuses what is too much, but never one that is alone', async () => {
    const { clock, commits, end } = bench();
    const large = commits.add('a', 1_000);
    const waiting = commits.add('b', 20);
    await expect(commits.add('c', 1)).rejects.toMatchObject({ code: 'unavailable', facts: { waiting: 20 } });
    end(0);
    await large;
    await clock.advanceAsync(0);
    end(1);
    await waiting;
  });

  it('commits what waits when it is closed, and takes nothing more', async () => {
    const { groups, commits, end } = bench();
    const waiting = commits.add('a', 1);
    const closed = commits[Symbol.asyncDispose]();
    await expect(commits.add('b', 1)).rejects.toMatchObject({ code: 'unavailable' });
    expect(groups).toEqual([['a']]);
    end(0);
    await Promise.all([waiting, closed]);
  });
});
