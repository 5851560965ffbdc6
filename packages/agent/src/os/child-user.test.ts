import { describe, expect, it } from 'vitest';
import { decideChildUser } from './child-user.ts';

const web = { name: 'web', uid: 1001, gid: 1001, home: '/srv' };
const found = (wanted: string) => (wanted === 'web' || wanted === '1001' ? web : undefined);

describe('decideChildUser', () => {
  it.each([
    ['no user', undefined, 0, { kind: 'own' }],
    ['the same user', 'web', 1001, { kind: 'own' }],
    ['another, as root', '1001', 0, { kind: 'other', user: web }],
    [
      'another, without being root',
      'web',
      1000,
      { kind: 'refused', complaint: "couldn't setuid to 1001: Can't drop privilege as nonroot user" },
    ],
    ['nobody known', '77', 0, { kind: 'refused', complaint: "couldn't setuid to 77: Can't find uid 77" }],
  ])('%s', (_, wanted, ownUid, expected) => {
    expect(decideChildUser(wanted, found, ownUid)).toEqual(expected);
  });
});
