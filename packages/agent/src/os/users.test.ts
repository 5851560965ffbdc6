import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { findEntry, parseUser, Users } from './users.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\nweb:x:1001:1002:,,,:/srv/web:/bin/false\n1001:x:7:7::/odd:/bin/sh\n';

describe('findEntry', () => {
  it.each([
    ['web', 'web'],
    ['0', 'root'],
    ['1001', 'web'],
    ['01001', 'web'],
    ['7', '1001'],
  ])('finds %s', (wanted, name) => {
    expect(findEntry(passwd, wanted)?.split(':')[0]).toBe(name);
  });

  it.each(['we', 'x', '99', ''])('does not find %j', (wanted) => {
    expect(findEntry(passwd, wanted)).toBeUndefined();
  });
});

describe('Users', () => {
  const users = new Users(new VirtualClock());

  it('reads a line of passwd', () => {
    const user = { name: 'web', uid: 1001, gid: 1002, home: '/srv/web' };
    expect(parseUser('web:x:1001:1002:,,,:/srv/web:/bin/false')).toEqual(user);
  });

  it('finds users and groups of this host', () => {
    expect(users.findUser('root')).toMatchObject({ uid: 0, gid: 0 });
    expect(users.findUser('0')).toMatchObject({ name: 'root' });
    expect(users.findGroup('root')).toBe(0);
  });

  it('does not find who is nowhere, also when asked again', () => {
    expect(users.findUser('no-such-user')).toBeUndefined();
    expect(users.findUser('no-such-user')).toBeUndefined();
  });
});
