import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CandidateRevision,
  desiredState,
  emptyHash,
  sha256Hex,
  stateAtJoin,
  stateInRollout,
} from './desired-state.ts';

const host = { name: 'web1', hostGroups: ['web'], labels: {} };
const inGroup =
  (group: string): CandidateRevision['matches'] =>
  (each) =>
    each.hostGroups.includes(group);
const revision = (file: string, number: bigint, group = 'web'): CandidateRevision => {
  return { ref: { file, revision: number }, contentHash: sha256Hex(`${file} ${number}`), matches: inGroup(group) };
};
const held = (file: string, number: bigint) => ({
  file,
  revision: number,
  contentHash: sha256Hex(`${file} ${number}`),
});

describe('desiredState', () => {
  it('hashes name, revision and digest of the bytes, in order of name', () => {
    const a = { file: 'a.conf', revision: 3n, contentHash: 'aa' };
    const b = { file: 'b.conf', revision: 12n, contentHash: 'bb' };
    const text = 'a.conf\x003\x00aa\nb.conf\x0012\x00bb\n';
    expect(desiredState([b, a])).toEqual({ files: [a, b], hash: createHash('sha256').update(text).digest('hex') });
    expect(emptyHash).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has one hash per set of files', () => {
    const file = fc.record({
      file: fc.stringMatching(/^[a-z0-9.]{1,6}$/),
      revision: fc.bigInt(1n, 30n),
      contentHash: fc.constantFrom('aa', 'bb'),
    });
    const files = fc.uniqueArray(file, { selector: (each) => each.file, maxLength: 4 });
    const textOf = (list: readonly { file: string; revision: bigint; contentHash: string }[]) =>
      list
        .map((f) => [f.file, String(f.revision), f.contentHash].join(' '))
        .toSorted()
        .join('\n');
    fc.assert(
      fc.property(files, files, (one, other) => {
        expect(desiredState(one).hash === desiredState(other).hash).toBe(textOf(one) === textOf(other));
        expect(desiredState(one.toReversed()).hash).toBe(desiredState(one).hash);
      }),
      { numRuns: 300 },
    );
  });
});

describe('stateAtJoin', () => {
  it('takes the stable revisions that select the host', () => {
    const state = stateAtJoin(host, [revision('b.conf', 2n), revision('a.conf', 1n), revision('db.conf', 1n, 'db')]);
    expect(state.files.map(({ file }) => file)).toEqual(['a.conf', 'b.conf']);
  });
});

describe('stateInRollout', () => {
  const others = [held('a.conf', 1n), held('web.conf', 1n)];

  it('changes the file that is rolled out, and no other', () => {
    const state = stateInRollout(host, others, revision('web.conf', 2n));
    expect(state).toEqual(desiredState([held('a.conf', 1n), held('web.conf', 2n)]));
  });

  it('takes the file away where the new selector leaves the host out', () => {
    expect(stateInRollout(host, others, revision('web.conf', 2n, 'db'))).toEqual(desiredState([held('a.conf', 1n)]));
  });
});
