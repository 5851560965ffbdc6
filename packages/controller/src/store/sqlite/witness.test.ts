import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './test-support/temporary-store.ts';
import { type FoundWitness, isSameLife, readWitness, writeWitness } from './witness.ts';

describe('the witness', () => {
  const found = (count: bigint, changes: Partial<FoundWitness> = {}): FoundWitness => ({
    witness: { incarnation: 'life', count, inode: '5' },
    inode: '5',
    ...changes,
  });

  it.each([
    ['it agrees', found(7n), true],
    ['the controller died between the file and the database', found(8n), true],
    ['the database is further behind', found(9n), false],
    ['the database is ahead', found(6n), false],
    ['there is none', undefined, false],
    ['the file is a copy', found(7n, { inode: '6' }), false],
    ['it is of another life', found(7n, { witness: { incarnation: 'other', count: 7n, inode: '5' } }), false],
  ])('when %s', (_, witness, expected) => {
    expect(isSameLife({ incarnation: 'life', count: 7n }, witness)).toBe(expected);
  });

  it('reads what it wrote, with the inode of its file', async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/witness`;
    expect(await readWitness(file)).toBeUndefined();
    await writeWitness(file, 'life', 3n);
    await writeWitness(file, 'life', 4n);
    const read = await readWitness(file);
    expect(read).toEqual({ witness: { incarnation: 'life', count: 4n, inode: read?.inode }, inode: read?.inode });
  });
});
