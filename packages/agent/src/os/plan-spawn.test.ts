import { describe, expect, it } from 'vitest';
import { planComplaint, planSpawn, type SpawnSettings } from './plan-spawn.ts';

const command = { kind: 'resolved', file: '/usr/bin/api', words: ['api', '--port', '80'] } as const;
const plain: SpawnSettings = { directory: undefined, umask: undefined, switchTo: undefined };
const user = { name: 'web', uid: 1001, gid: 1002, home: '/' };
const switchTo = { user, setpriv: '/usr/bin/setpriv', isForAll: true };

describe('planSpawn', () => {
  it('executes the command itself where nothing else is asked for', () => {
    const argv = ['api', '--port', '80'];
    expect(planSpawn(command, plain)).toEqual({ file: '/usr/bin/api', argv, directory: undefined });
  });

  it('needs no shell for a folder', () => {
    expect(planSpawn(command, { ...plain, directory: '/srv' })).toMatchObject({
      file: '/usr/bin/api',
      directory: '/srv',
    });
  });

  it('needs a shell for a umask', () => {
    const { file, argv, directory } = planSpawn(command, { ...plain, umask: 0o27, directory: '/srv' });
    expect({ file, directory }).toEqual({ file: '/bin/sh', directory: '/srv' });
    expect(argv.slice(2)).toEqual(['umask "$1"; shift; exec "$@"', 'sh', '0027', 'api', '--port', '80']);
  });

  it('needs no shell for another user', () => {
    expect(planSpawn(command, { ...plain, switchTo })).toEqual({
      file: '/usr/bin/setpriv',
      argv: ['setpriv', '--reuid=1001', '--regid=1002', '--init-groups', '--', 'api', '--port', '80'],
      directory: undefined,
    });
  });

  it('enters the folder as the other user', () => {
    const { argv, directory } = planSpawn(command, { directory: 'rel', umask: 0, switchTo });
    expect(directory).toBeUndefined();
    expect(argv.slice(4, 7)).toEqual(['--', '/bin/sh', '-c']);
    expect(argv.slice(8)).toEqual(['sh', '0000', './rel', 'api', '--port', '80']);
  });

  it('looks first, with the rights of the other user, whether a file that is not for all may be executed', () => {
    const { argv } = planSpawn(command, { ...plain, switchTo: { ...switchTo, isForAll: false } });
    expect(argv[7]).toMatch(/^\[ -x "\$1" \] \|\| .*; shift; exec "\$@"$/);
    expect(argv.slice(8)).toEqual(['sh', '/usr/bin/api', 'api', '--port', '80']);
  });

  it('never lets a word become part of a script', () => {
    const odd = { ...command, words: ['$(reboot)', '; reboot'] } as const;
    const { argv } = planSpawn(odd, { directory: '/a b"', umask: 0o22, switchTo });
    expect(argv[7]).not.toMatch(/reboot|a b/);
  });
});

describe('planComplaint', () => {
  it('says what Supervisor says', () => {
    expect(planComplaint("couldn't chdir to /x: ENOENT").argv.slice(4)).toEqual([
      "supervisor: couldn't chdir to /x: ENOENT",
      'supervisor: child process was not spawned',
    ]);
  });
});
