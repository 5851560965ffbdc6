import { describe, expect, it } from 'vitest';
import { namesOf, parsed, problemsOf, testContext } from '../fixtures/test-context.ts';

const PROGRAM = '[program:p]\ncommand=/bin/cat\n';

function processOf(options: string) {
  const [process] = parsed(PROGRAM + options).groups[0]?.processes ?? [];
  if (process === undefined) throw new Error('no process');
  return process;
}

describe('[program:x]', () => {
  it('fills in every default', () => {
    const log = {
      target: { kind: 'auto' },
      maxBytes: 50 * 1024 ** 2,
      backups: 10,
      captureMaxBytes: 0,
      eventsEnabled: false,
      syslog: false,
    };
    expect(processOf('')).toEqual({
      group: 'p',
      name: 'p',
      program: 'p',
      kind: 'program',
      command: '/bin/cat',
      directory: undefined,
      umask: undefined,
      user: undefined,
      priority: 999,
      autostart: true,
      autorestart: 'unexpected',
      startsecs: 1,
      startretries: 3,
      stopsignal: 'TERM',
      stopwaitsecs: 10,
      stopasgroup: false,
      killasgroup: false,
      exitcodes: [0],
      redirectStderr: false,
      stdout: log,
      stderr: log,
      environment: {},
      serverurl: undefined,
      fcgiSocket: undefined,
      source: { file: '/etc/supervisord.conf', line: 2 },
    });
  });

  it('survives JSON', () => {
    const { groups } = parsed(PROGRAM);
    expect(JSON.parse(JSON.stringify(groups))).toEqual(groups);
  });

  it.each([
    ['stopasgroup=true', { stopasgroup: true, killasgroup: true }],
    ['killasgroup=yes', { stopasgroup: false, killasgroup: true }],
    ['autorestart=TRUE', { autorestart: 'always' }],
    ['autorestart=0', { autorestart: 'never' }],
    ['serverurl= auto', { serverurl: undefined }],
    ['umask=027', { umask: 0o27 }],
    ['user=0', { user: '0' }],
    ['command=', { command: '' }],
    ['directory=~/x', { directory: '~/x' }],
    ['stopsignal=SigUsr2', { stopsignal: 'USR2' }],
    ['exitcodes=', { exitcodes: [] }],
    ['loglevel=debug', {}],
    ['command=%(group_name)s %(host_node_name)s %(process_num)d/%(numprocs)d', { command: 'p web1 0/1' }],
  ])('%s', (option, expected) => {
    expect(processOf(option)).toMatchObject(expected);
  });

  it.each([
    ['autostart=maybe', "not a valid boolean value: 'maybe'"],
    ['autorestart=always', "invalid 'autorestart' value 'always'"],
    ['startsecs=1.5', "invalid literal for int() with base 10: '1.5'"],
    ['stopsignal=NOPE', "value 'NOPE' is not a valid signal name"],
    ['exitcodes=0,256', "not a valid list of exit codes: '0,256'"],
    ['umask=999', '999 can not be converted to an octal type'],
    ['user=bob', 'Invalid user name bob'],
    ['user=4711', 'Invalid user id 4711'],
    ['stdout_logfile=/no/x.log', 'The directory named as part of the path /no/x.log does not exist'],
    ['stdout_logfile_maxbytes=10M', "invalid literal for int() with base 10: '10m'"],
    ['environment=A=1,B', "Unexpected end of key/value pairs in value 'A=1,B'"],
    ['process_name=a b', "Invalid name: 'a b' because of character: ' '"],
    ['numprocs=20000\nprocess_name=%(process_num)d', 'numprocs 20000 is above upper bound (10000)'],
  ])('refuses %j', (text, message) => {
    const [option] = text.split('=', 1);
    expect(problemsOf(PROGRAM + text)).toMatchObject([{ line: 4, section: 'program:p', option, message }]);
  });

  it('tells all that is wrong with all programs at once', () => {
    const problems = problemsOf('[program:a b]\ncommand=x\n[program:c]\nnumprocs=2\nstopasgroup=1\nkillasgroup=0\n');
    expect(problems.map(({ line, option, message }) => [line, option, message])).toEqual([
      [2, undefined, "Invalid name: 'a b' because of character: ' '"],
      [4, 'process_name', '%(process_num) must be present within process_name when numprocs > 1'],
      [4, 'command', 'program section program:c does not specify a command'],
      [7, 'killasgroup', 'Cannot set stopasgroup=true and killasgroup=false'],
    ]);
  });

  it('knows process_num only in the options that are read once per process', () => {
    expect(problemsOf(`${PROGRAM}startsecs=%(process_num)d\ndirectory=/%(process_num)d`)).toMatchObject([
      {
        option: 'startsecs',
        message: expect.stringContaining("contains names ('process_num') which cannot be expanded"),
        allowed: 'group_name, here, host_node_name, program_name, ENV_X for a variable X of the environment',
      },
    ]);
  });

  it('names no variable of the environment in an error', () => {
    expect(JSON.stringify(problemsOf(`${PROGRAM}command=%(ENV_NOPE)s`))).not.toContain('SECRET');
  });
});

describe('numprocs', () => {
  it('counts from numprocs_start, and names sort as text', () => {
    const count = (options: string) => namesOf(parsed(PROGRAM + options));
    expect(count('process_name=%(program_name)s_%(process_num)d\nnumprocs=3\nnumprocs_start=9')).toEqual([
      'p:p_10',
      'p:p_11',
      'p:p_9',
    ]);
    expect(count('numprocs=0')).toEqual([]);
    expect(count('numprocs=-2')).toEqual([]);
    expect(parsed(`${PROGRAM}numprocs=0`).groups).toHaveLength(1);
  });

  it('lets a number see what an earlier one set, unless the daemon has it too', () => {
    const { groups } = parsed(
      `${PROGRAM}process_name=p%(process_num)d\nnumprocs=2\nenvironment=N%(process_num)d="x",HOME=own\ncommand=%(ENV_N0)s %(ENV_HOME)s\n`,
    );
    expect(groups[0]?.processes.map(({ command }) => command)).toEqual(['x own', 'x own']);
    const both = problemsOf('[program:a]\ncommand=x\nenvironment=MINE=1\n[program:b]\ncommand=%(ENV_MINE)s\n');
    expect(both).toMatchObject([{ section: 'program:b', option: 'command' }]);
  });
});

describe('logs', () => {
  it.each([
    ['NONE', { kind: 'none' }],
    ['Off', { kind: 'none' }],
    ['', { kind: 'none' }],
    ['auto', { kind: 'auto' }],
    ['x.log', { kind: 'file', path: 'x.log' }],
    ['~/x.log', { kind: 'file', path: '/home/ann/x.log' }],
    ['/tmp/a%%%%b', { kind: 'file', path: '/tmp/a%b' }],
    ['%(here)s/%(program_name)s.log', { kind: 'file', path: '/etc/p.log' }],
  ])('stdout_logfile=%s', (text, target) => {
    expect(processOf(`stdout_logfile=${text}`).stdout.target).toEqual(target);
  });

  it('expands log files twice', () => {
    expect(problemsOf(`${PROGRAM}stdout_logfile=/tmp/a%%b`)).toMatchObject([
      { option: 'stdout_logfile', message: expect.stringContaining("for 'stdout_logfile' is badly formatted") },
    ]);
  });

  it('warns in the words of Supervisor', () => {
    const text =
      'redirect_stderr=true\nstderr_logfile=/tmp/e.log\nstdout_logfile_maxbytes=0\nprocess_name=%(process_num)d\nnumprocs=2';
    const { warnings, groups } = parsed(PROGRAM + text);
    expect(warnings.map(({ message }) => message)).toEqual([
      'For [program:p], AUTO logging used for stdout_logfile without rollover, set maxbytes > 0 to avoid filling up ' +
        'filesystem unintentionally',
      'For [program:p], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ' +
        'ignored',
    ]);
    expect(groups[0]?.processes[0]?.stderr.target).toEqual({ kind: 'none' });
  });

  it('takes syslog as a file name for the option that replaced it', () => {
    const { warnings, groups } = parsed(`${PROGRAM}stderr_logfile=syslog`);
    expect(groups[0]?.processes[0]?.stderr).toMatchObject({ target: { kind: 'none' }, syslog: true });
    expect(warnings[0]?.message).toContain('stderr_logfile=syslog but this is deprecated');
  });
});

describe('a file of another host', () => {
  it('keeps what cannot be known here and checks the rest', () => {
    const elsewhere = { ...testContext(), env: {}, unknownEnv: 'keep' } as const;
    const text =
      '[program:p]\ncommand=%(ENV_BIN)s/x %(program_name)s\nnumprocs=%(ENV_CPUS)s\nstdout_logfile=%(ENV_LOGS)s/x.log\nuser=%(ENV_USER)s\n';
    expect(parsed(text, elsewhere).groups[0]?.processes[0]).toMatchObject({
      command: '%(ENV_BIN)s/x p',
      user: '%(ENV_USER)s',
      stdout: { target: { kind: 'file', path: '%(ENV_LOGS)s/x.log' } },
    });
    expect(problemsOf(`${text}startsecs=x`, elsewhere)).toMatchObject([{ option: 'startsecs' }]);
  });
});
