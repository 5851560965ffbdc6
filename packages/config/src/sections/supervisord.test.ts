import { describe, expect, it } from 'vitest';
import { MAIN_FILE, parsed, problemsOf, testContext } from '../fixtures/test-context.ts';
import { parseConfig } from '../parse-config.ts';
import { defaultDaemon } from './supervisord.ts';

describe('[supervisord]', () => {
  it('has Supervisor defaults, in the folder the daemon runs in', () => {
    const { daemon } = parsed('');
    expect(daemon).toEqual({ ...defaultDaemon('/srv'), source: { file: MAIN_FILE, line: 1 } });
    expect(daemon).toMatchObject({
      logfile: { kind: 'file', path: '/srv/supervisord.log' },
      pidfile: '/srv/supervisord.pid',
      umask: 0o22,
      minfds: 1024,
      minprocs: 200,
      identifier: 'supervisor',
    });
  });

  it('reads paths with ~, %(here)s and relative to the folder the daemon runs in', () => {
    const { daemon } = parsed('logfile=~/s.log\npidfile=%(here)s/s.pid\nchildlogdir=/tmp\ndirectory=~');
    expect(daemon).toMatchObject({
      logfile: { kind: 'file', path: '/home/ann/s.log' },
      pidfile: '/etc/s.pid',
      childlogdir: '/tmp',
      directory: '/home/ann',
    });
    expect(parsed('logfile=syslog').daemon.logfile).toEqual({ kind: 'syslog' });
  });

  it('tells every bad value at once, each with its line', () => {
    const text =
      'loglevel=loud\numask=9\nlogfile_maxbytes=big\nnodaemon=perhaps\nchildlogdir=/no\nminfds=few\nuser=bob\nenvironment=A';
    expect(problemsOf(text).map(({ line, option, message }) => [line, option, message])).toEqual([
      [2, 'loglevel', "bad logging level name 'loud'"],
      [3, 'umask', '9 can not be converted to an octal type'],
      [4, 'logfile_maxbytes', "invalid literal for int() with base 10: 'big'"],
      [5, 'nodaemon', "not a valid boolean value: 'perhaps'"],
      [6, 'childlogdir', '/no is not an existing directory'],
      [7, 'minfds', "invalid literal for int() with base 10: 'few'"],
      [8, 'user', 'Invalid user name bob'],
      [9, 'environment', "Unexpected end of key/value pairs in value 'A'"],
    ]);
  });

  it('takes an empty folder for none that exists, not for its own', () => {
    const messages = problemsOf('directory=\nchildlogdir=').map(({ message }) => message);
    expect(messages).toEqual([' is not an existing directory', ' is not an existing directory']);
  });

  it('must be there', () => {
    const result = parseConfig({ file: MAIN_FILE, text: '[program:a]\ncommand=x\n' }, testContext());
    expect(result).toMatchObject({
      ok: false,
      problems: [{ file: MAIN_FILE, line: 0, message: '.ini file does not include supervisord section' }],
    });
  });

  it('gives its environment to every program, as variables and as ENV_ names', () => {
    const { groups } = parsed(
      'environment=A="100%%",H=%(host_node_name)s,X=daemon\n[program:p]\ncommand=x %(ENV_A)s %(ENV_H)s\nenvironment=X=own,Y=%(ENV_X)s',
    );
    expect(groups[0]?.processes[0]).toMatchObject({
      command: 'x 100% web1',
      environment: { A: '100%', H: 'web1', X: 'own', Y: 'daemon' },
    });
  });
});
