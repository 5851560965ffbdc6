import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './test-support/temporary-store.ts';
import { type FoundWitness, isSameLife, readWitness, writeWitness } from './witness.ts';

describe('the witness', () => {
  const found = (count: bigint, changes: Partial<FoundWitness> = {}): FoundWitness => ({
    witness: { incarnation: 'life', count, isSettled: false, inode: '5' },
    inode: '5',
    ...changes,
  });

  const settled = (count: bigint) =>
    found(count, { witness: { incarnation: 'life', count, isSettled: true, inode: '5' } });

  it.each([
    ['it agrees', found(7n), true],
    ['the controller died between the file and the database', found(8n), true],
    ['the database was put back', settled(8n), false],
    ['it agrees, and the database had come so far', settled(7n), true],
    ['the database is further behind', found(9n), false],
    ['the database is ahead', found(6n), false],
    ['there is none', undefined, false],
    ['the file is a copy', found(7n, { inode: '6' }), false],
    [
      'it is of another life',
      found(7n, { witness: { incarnation: 'other', count: 7n, isSettled: false, inode: '5' } }),
      false,
    ],
  ])('when %s', (_, witness, expected) => {
    expect(isSameLife({ incarnation: 'life', count: 7n }, witness)).toBe(expected);
  });

  it('reads what it wrote, with the inode of its file', async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/witness`;
    expect(await readWitness(file)).toBeUndefined();
    for (const isSettled of [false, true]) {
      await writeWitness(file, { incarnation: 'life', count: 4n, isSettled });
      const read = await readWitness(file);
      const witness = { incarnation: 'life', count: 4n, isSettled, inode: read?.inode };
      expect(read).toEqual({ witness, inode: read?.inode });
    }
  });
});
