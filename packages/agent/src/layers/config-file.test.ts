import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { neutralContext } from '@fleetvisor/config';
import { systemClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { Users } from '../os/users.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { readConfig } from './config-file.ts';
import { machineContext } from './machine-context.ts';

const problemOf = (file: string) => {
  const result = readConfig(file, neutralContext());
  return result.ok ? undefined : result.problems[0];
};

describe('readConfig', () => {
  it('says what keeps it from reading the file, and what to do', () => {
    const folder = tempFolder();
    expect(problemOf(join(folder, 'none'))?.message).toMatch(/^could not find config file .*; name an existing one/);
    expect(problemOf(folder)?.message).toMatch(/^could not read config file .*: it is a folder; name a file in it/);
    expect(problemOf(join(folder, 'none'))).toMatchObject({ line: 0, section: undefined });
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.stderr.write('SKIPPED: a file that root may not read: there is none\n');
  it.skipIf(isRoot)('says so where the file is not for its user', () => {
    const file = join(tempFolder(), 'secret');
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(problemOf(file)?.message).toMatch(/EACCES.*; make it readable for the user of the agent$/);
  });
});

describe('machineContext', () => {
  const users = new Users(systemClock);

  it('reads includes from the disk, and passes over those that cannot be read', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'main.conf'), '[supervisord]\n[include]\nfiles=%(here)s/none.conf %(here)s/*.inc\n');
    writeFileSync(join(folder, 'a.inc'), '[program:a]\ncommand=/bin/%(ENV_WHICH)s\n');
    const result = readConfig(join(folder, 'main.conf'), machineContext({ WHICH: 'cat' }, folder, users));
    expect(result).toMatchObject({
      ok: true,
      config: { groups: [{ name: 'a', processes: [{ command: '/bin/cat' }] }] },
    });
  });

  it('knows the home of its own user by HOME, else by the user database, and of others by that', () => {
    const { homeOf } = machineContext({ HOME: '/elsewhere' }, '/', users);
    expect(homeOf(undefined)).toBe('/elsewhere');
    expect(homeOf('root')).toBe('/root');
    expect(homeOf('nobody-of-that-name')).toBeUndefined();
    expect(machineContext({}, '/', users).homeOf(undefined)).toBe(users.findUser(String(process.getuid?.()))?.home);
  });

  it('knows users, groups and folders of this machine', () => {
    const context = machineContext({}, '/', users);
    expect(['root', '0', 'nobody-of-that-name'].map((user) => context.userExists?.(user))).toEqual([true, true, false]);
    expect(context.groupExists?.('root')).toBe(true);
    expect(['/etc', '/etc/passwd', '/none'].map((path) => context.directoryExists?.(path))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
