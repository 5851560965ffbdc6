import { resolve } from 'node:path';
import { neutralContext, type ParseContext } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { parseSupervisordOptions, type SupervisordOptions } from './supervisord-options.ts';

/** Has the folders / and /srv, and the users root and ann. */
const host: ParseContext = {
  ...neutralContext(),
  cwd: '/srv',
  homeOf: () => '/srv',
  directoryExists: (path) => ['/', '/srv'].includes(resolve(path)),
  userExists: (user) => user === 'root' || user === 'ann',
};

function parse(...argv: string[]) {
  return parseSupervisordOptions(argv, host);
}

function options(...argv: string[]): SupervisordOptions {
  const parsed = parse(...argv);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

describe("supervisord's options", () => {
  it('say nothing where none is given', () => {
    expect(options()).toEqual({
      configFile: undefined,
      overrides: {},
      fleet: { controller: [], name: undefined, group: [], label: [], dataDir: undefined },
      ignored: [],
    });
  });

  it.each<[string, string, string, SupervisordOptions['overrides']]>([
    ['-n', '--nodaemon', '', { nodaemon: true }],
    ['-s', '--silent', '', { silent: true }],
    ['-k', '--nocleanup', '', { nocleanup: true }],
    ['-t', '--strip_ansi', '', { stripAnsi: true }],
    ['-u', '--user', 'ann', { user: 'ann' }],
    ['-m', '--umask', '077', { umask: 0o77 }],
    ['-d', '--directory', '~', { directory: '/srv' }],
    ['-l', '--logfile', 'x.log', { logfile: { kind: 'file', path: '/srv/x.log' } }],
    ['-l', '--logfile', 'syslog', { logfile: { kind: 'syslog' } }],
    ['-y', '--logfile_maxbytes', '2KB', { logfileMaxBytes: 2048 }],
    ['-z', '--logfile_backups', '0', { logfileBackups: 0 }],
    ['-e', '--loglevel', 'DEBUG', { loglevel: 'debug' }],
    ['-j', '--pidfile', '../x.pid', { pidfile: '/x.pid' }],
    ['-i', '--identifier', 'it', { identifier: 'it' }],
    ['-q', '--childlogdir', '.', { childlogdir: '/srv' }],
    ['-a', '--minfds', '5', { minfds: 5 }],
    ['--minprocs', '--minprocs', '6', { minprocs: 6 }],
  ])('%s and %s %s', (short, long, value, overrides) => {
    const given = value === '' ? [] : [value];
    expect(options(short, ...given).overrides).toEqual(overrides);
    expect(options(long, ...given).overrides).toEqual(overrides);
  });

  it('name the config file, in a bundle too', () => {
    expect(options('-nc', 'a.conf')).toMatchObject({ configFile: 'a.conf', overrides: { nodaemon: true } });
    expect(options('--configuration=a.conf').configFile).toBe('a.conf');
  });

  it('know the fleet, whose values are read later', () => {
    const fleet = ['--controller', 'a:1', '--controller=b:1', '--name', 'web1', '--group', 'x', '--group', 'y,z'];
    expect(options(...fleet, '--label', 'a=b', '--data-dir', 'd').fleet).toEqual({
      controller: ['a:1', 'b:1'],
      name: 'web1',
      group: ['x', 'y,z'],
      label: ['a=b'],
      dataDir: 'd',
    });
  });

  it('take a profile of Python and tell that it is ignored', () => {
    expect(options('--profile_options', 'calls').ignored).toEqual(['--profile_options']);
  });

  it('are heard in their order, so that help comes before what is wrong behind it', () => {
    expect(parse('-v', '-e', 'loud')).toEqual({ kind: 'version' });
    expect(parse('-e', 'loud', '-v')).toMatchObject({ kind: 'error' });
    expect(['-h', '-?', '--help', '--he'].map((word) => parse(word).kind)).toEqual(['help', 'help', 'help', 'help']);
    expect(parse('-h', 'x')).toMatchObject({ message: "positional arguments are not supported: ['x']" });
  });

  it.each([
    ['-d /x', "invalid value for -d '/x': /x is not an existing directory", /folder/],
    ['--directory=/x', "invalid value for --directory '/x': /x is not an existing directory", /folder/],
    ['-e loud', "invalid value for -e 'loud': bad logging level name 'loud'", /^critical, error, warn/],
    ['-y 1M', "invalid value for -y '1M': invalid literal for int() with base 10: '1m'", /KB, MB or GB/],
    ['-m 9', "invalid value for -m '9': 9 can not be converted to an octal type", /022/],
    ['-l /x/y', "invalid value for -l '/x/y': The directory named as part of the path /x/y does not exist", /folder/],
    ['-u bob', 'Invalid user name bob', /user of this host/],
    ['-u 77', 'Invalid user id 77', /user of this host/],
    ['-n -n', "conflicting command line option '-n'", undefined],
    ['-n --nodaemon', "conflicting command line option '--nodaemon'", undefined],
    ['-c a -c b', "conflicting command line option '-c'", undefined],
    ['--name a --name b', "conflicting command line option '--name'", undefined],
    ['a b', "positional arguments are not supported: ['a', 'b']", undefined],
    ['-- -n', "positional arguments are not supported: ['-n']", undefined],
    ['--nonsense', 'option --nonsense not recognized', undefined],
    ['-z', 'option -z requires argument', undefined],
  ])('refuse %s', (line, message, allowed) => {
    const parsed = parse(...line.split(' '));
    expect(parsed).toMatchObject({ kind: 'error', message });
    if (parsed.kind !== 'error') return;
    if (allowed === undefined) expect(parsed.allowed).toBeUndefined();
    else expect(parsed.allowed).toMatch(allowed);
  });
});
