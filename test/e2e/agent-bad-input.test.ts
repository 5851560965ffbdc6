/** What an agent alone makes of bad input: one clear message, an exit code that is not zero, and nothing left behind. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent, obeyingModes } from '../support/agent.ts';
import { isAlive } from '../support/proc.ts';
import type { Ended } from '../support/program.ts';

const cat = '[program:cat]\ncommand=/bin/cat\n';

/** The lines of its complaint, which are all that it said. */
function complaint({ stdout, stderr }: Ended): readonly string[] {
  const chatter = stdout.split('\n').filter((line) => line !== '' && !/ CRIT .*root/.test(line));
  expect(chatter).toEqual([]);
  return stderr.trimEnd().split('\n');
}

function expectNothingBut(agent: LoneAgent, ...files: readonly string[]): void {
  expect(agent.alive()).toEqual([]);
  expect(readdirSync(agent.folder).toSorted()).toEqual([...files, 'supervisord.conf'].toSorted());
}

describe.concurrent('a config', () => {
  it('with errors is refused with the whole list of them, by file, line, section and option', async () => {
    await using agent = new LoneAgent(
      `loglevel=warning
minfds=many

[program:cat]
command=/bin/cat
startsecs=soon
stopsignal=WHAT
user=nobody-at-all
stdout_logfile=%(here)s/logs/cat.log

[program:nothing]
autostart=maybe

[program:both]
command=echo %(nope)s
stopasgroup=true
killasgroup=false

[group:g]
programs=cat,dog

[include]
files=conf/*.conf
`,
      { files: { 'conf/more.conf': '[program:more]\ncommand=cat\nnumprocs=2\n' } },
    );
    const ended = await agent.runToEnd();
    expect(ended.code).toBe(2);
    const [headline, ...errors] = complaint(ended);
    expect(headline).toBe(`Error: supervisord.conf has ${errors.length} errors; nothing was started`);
    expect(errors).toEqual(
      [
        "supervisord.conf:3: [supervisord] loglevel: bad logging level name 'warning'; allowed: critical, error, warn",
        "supervisord.conf:4: [supervisord] minfds: invalid literal for int() with base 10: 'many'; allowed: a whole number",
        "supervisord.conf:8: [program:cat] startsecs: invalid literal for int() with base 10: 'soon'",
        "supervisord.conf:9: [program:cat] stopsignal: value 'WHAT' is not a valid signal name; allowed: ",
        'supervisord.conf:10: [program:cat] user: Invalid user name nobody-at-all; allowed: ',
        `supervisord.conf:11: [program:cat] stdout_logfile: The directory named as part of the path ${agent.path('logs/cat.log')} does not exist; allowed: a path in a folder that exists: create the folder first`,
        'supervisord.conf:13: [program:nothing] command: program section program:nothing does not specify a command',
        "supervisord.conf:14: [program:nothing] autostart: not a valid boolean value: 'maybe'; allowed: true, yes, on, 1, false, no, off, 0",
        "supervisord.conf:17: [program:both] command: Format string 'echo %(nope)s' for 'program:both.command' contains names ('nope') which cannot be expanded",
        'supervisord.conf:19: [program:both] killasgroup: Cannot set stopasgroup=true and killasgroup=false; allowed: ',
        'supervisord.conf:22: [group:g] programs: [group:g] names unknown program or fcgi-program dog; allowed: ',
        `${agent.path('conf/more.conf')}:1: [program:more] process_name: %(process_num) must be present within process_name when numprocs > 1`,
      ].map((line) => expect.stringContaining(line)),
    );
    expectNothingBut(agent, 'conf');
  });

  it.each([
    { what: 'a line before any section', text: 'foo=1\n', line: /^bad\.conf:1: .*no section headers.*'foo=1'/ },
    { what: 'a line that is none', text: '[supervisord]\nrem no comment\n', line: /^bad\.conf:2: .*'rem no comment'/ },
    { what: 'no [supervisord]', text: cat, line: /^bad\.conf: .*does not include supervisord section/ },
    { what: 'nothing in it', text: '', line: /^bad\.conf: .*does not include supervisord section/ },
  ])('with $what is refused', async ({ text, line }) => {
    await using agent = new LoneAgent('', { files: { 'bad.conf': text } });
    const ended = await agent.runToEnd({ args: ['run', '-c', 'bad.conf', '--data-dir', 'data'] });
    expect(ended.code).toBe(2);
    expect(complaint(ended)).toEqual(['Error: bad.conf has 1 error; nothing was started', expect.stringMatching(line)]);
    expectNothingBut(agent, 'bad.conf');
  });

  it.each([
    {
      what: 'is missing',
      file: 'no.conf',
      line: 'Error: could not find config file no.conf; name an existing one with -c',
    },
    {
      what: 'is a folder',
      file: '.',
      line: 'Error: could not read config file .: it is a folder; name a file in it with -c',
    },
  ])('that $what is refused', async ({ file, line }) => {
    await using agent = new LoneAgent('');
    const ended = await agent.runToEnd({ args: ['run', '-c', file, '--data-dir', 'data'] });
    expect(ended.code).toBe(2);
    expect(complaint(ended)).toEqual([line]);
    expectNothingBut(agent);
  });

  it('that may not be read is refused', async () => {
    await using agent = new LoneAgent('');
    agent.write('secret.conf', '[supervisord]\n', 0o000);
    const ended = await agent.runToEnd({ through: obeyingModes, args: ['run', '-c', 'secret.conf'] });
    expect(ended.code).toBe(2);
    expect(complaint(ended)).toEqual([
      "Error: could not read config file secret.conf: EACCES: permission denied, open 'secret.conf'; make it readable for the user of the agent",
    ]);
    expectNothingBut(agent, 'secret.conf');
  });
});

describe.concurrent('the command line', () => {
  it.each([
    { args: ['run', '-c'], line: 'Error: option -c requires argument' },
    { args: ['run', '-c', 'supervisord.conf', '--nope'], line: 'Error: option --nope not recognized' },
    {
      args: ['run', '-c', 'supervisord.conf', 'extra'],
      line: "Error: positional arguments are not supported: ['extra']",
    },
    { args: ['supervisord', '-x'], line: 'Error: option -x not recognized' },
    { args: ['rum'], line: "error: unknown command 'rum'" },
    {
      args: ['run', '-c', 'supervisord.conf', '--label', 'x'],
      line: /^Error: --label: not a valid label: 'x'; allowed: /,
    },
    {
      args: ['run', '-c', 'supervisord.conf', '--controller', 'x:y'],
      line: /^Error: --controller: .*; allowed: HOST:PORT/,
    },
    { args: ['run', '-c', 'supervisord.conf', '--name', 'a b'], line: /^Error: --name: .*'a b'.*; allowed: / },
  ])('$args is refused', async ({ args, line }) => {
    await using agent = new LoneAgent(cat);
    const ended = await agent.runToEnd({ args });
    expect(ended.code).toBe(2);
    expect(complaint(ended)[0]).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
    expectNothingBut(agent);
  });
});

describe.concurrent('a folder', () => {
  it('for data with an agent on it is left to that one', async () => {
    await using first = await LoneAgent.start(cat);
    const pid = await first.pidOf('cat');
    const before = readdirSync(first.path('data')).filter((name) => name !== 'pipes');
    const second = await first.runToEnd();
    expect(second.code).toBe(1);
    expect(complaint(second)).toEqual([
      `Error: cannot use the data folder ${first.path('data')}: another agent (pid ${first.pid}) is running on it; stop that one first, or give this one a folder of its own with --data-dir DIR`,
    ]);
    expect(isAlive(pid)).toBe(true);
    expect(first.alive()).toHaveLength(2);
    expect(readdirSync(first.path('data')).filter((name) => name !== 'pipes')).toEqual(before);
    expect(first.read('supervisord.pid')).toBe(`${first.pid}\n`);
    expect((await first.end()).code).toBe(0);
  });

  it('for data of an agent that was killed is free again', async () => {
    await using agent = await LoneAgent.start(cat);
    const orphan = await agent.pidOf('cat');
    await agent.end('SIGKILL');
    process.kill(orphan, 'SIGKILL');
    agent.launch();
    await agent.pidOf('cat', 2);
    expect((await agent.end()).code).toBe(0);
  });

  it.each([
    { what: 'where nobody may make one', folder: '/proc/fleet-test', reason: 'it cannot be made there (ENOENT)' },
    {
      what: 'that is a file',
      folder: 'supervisord.conf',
      reason: 'a part of the path is a file, not a folder (ENOTDIR)',
    },
    {
      what: 'below a file',
      folder: 'supervisord.conf/data',
      reason: 'a part of the path is a file, not a folder (ENOTDIR)',
    },
    { what: 'that is not ours to write', folder: 'theirs', reason: 'this user may not write there (EACCES)' },
  ])('for data $what is refused', async ({ folder, reason }) => {
    await using agent = new LoneAgent(cat);
    mkdirSync(agent.path('theirs'), { mode: 0o555 });
    const ended = await agent.runToEnd({
      through: obeyingModes,
      args: ['run', '-c', 'supervisord.conf', '--data-dir', folder],
    });
    expect(ended.code).toBe(1);
    const path = folder.startsWith('/') ? folder : agent.path(folder);
    expect(complaint(ended)).toEqual([
      `Error: cannot write the data folder ${path}: ${reason}; make it writable for the user of the agent, or name another one with --data-dir DIR or data_dir= in [fleet]`,
    ]);
    // Not even its log: the folder may be that of an agent that runs, and the log with it.
    expectNothingBut(agent, 'theirs');
    expect(readdirSync(agent.path('theirs'))).toEqual([]);
  });

  it('for logs that is missing is refused before anything starts', async () => {
    await using agent = new LoneAgent(`${cat}stderr_logfile=logs/cat.err\n`, { daemon: 'logfile=logs/main.log' });
    const ended = await agent.runToEnd();
    expect(ended.code).toBe(2);
    const missing = (file: string) =>
      `The directory named as part of the path ${file} does not exist; allowed: a path in a folder that exists: create the folder first`;
    expect(complaint(ended)).toEqual([
      'Error: supervisord.conf has 2 errors; nothing was started',
      `supervisord.conf:2: [supervisord] logfile: ${missing('logs/main.log')}`,
      `supervisord.conf:5: [program:cat] stderr_logfile: ${missing('logs/cat.err')}`,
    ]);
    expectNothingBut(agent);
  });

  it('for the main log that is not ours to write is refused', async () => {
    await using agent = new LoneAgent(cat, { daemon: 'logfile=theirs/main.log' });
    mkdirSync(agent.path('theirs'), { mode: 0o555 });
    const ended = await agent.runToEnd({ through: obeyingModes });
    expect(ended.code).toBe(1);
    expect(complaint(ended)).toEqual([
      expect.stringMatching(/^Error: cannot write the log .*theirs\/main\.log: .*EACCES.*logfile/),
    ]);
    expectNothingBut(agent, 'data', 'theirs');
  });

  it('for the log of one program that is not ours to write is the trouble of that program alone', async () => {
    await using agent = new LoneAgent(
      `[program:mute]\ncommand=cat\nstartretries=0\nstdout_logfile=theirs/mute.log\n\n${cat}`,
    );
    mkdirSync(agent.path('theirs'), { mode: 0o555 });
    agent.launch({ through: obeyingModes });
    await agent.says(/^spawnerr: unknown error making dispatchers for 'mute': EACCES$/);
    await agent.says(/^gave up: mute entered FATAL state/);
    expect(isAlive(await agent.pidOf('cat'))).toBe(true);
    expect((await agent.end()).code).toBe(0);
    expect(existsSync(agent.path('theirs/mute.log'))).toBe(false);
  });
});

describe.concurrent('what the machine refuses', () => {
  it('ends the start where nothing could run without it', async () => {
    await using agent = new LoneAgent(cat, { daemon: 'minfds=2147483000' });
    const ended = await agent.runToEnd();
    expect(ended.code).toBe(2);
    expect(complaint(ended)).toEqual([
      expect.stringMatching(/^Error: The minimum number of file descriptors required is 2147483000 .*Lower minfds/),
    ]);
    expectNothingBut(agent);
  });

  it('is told, and harms no program, where they can do without: a pidfile, a log on a full disk', async () => {
    await using agent = await LoneAgent.start(
      "[program:full]\ncommand=/bin/sh -c 'while :; do echo lost; sleep 0.1; done'\nstopasgroup=true\n" +
        'stdout_logfile=/dev/full\nstdout_logfile_maxbytes=0\n',
      { daemon: 'pidfile=/proc/fleet-test.pid' },
    );
    await agent.says(/^could not write pidfile \/proc\/fleet-test\.pid$/);
    await agent.says(/^cannot write \/dev\/full: ENOSPC; output is lost until it can be written again$/);
    await agent.says(/^success: full entered RUNNING state/);
    expect(agent.messages().filter((text) => text.includes('/dev/full'))).toHaveLength(1);
    expect((await agent.end()).code).toBe(0);
  });
});
