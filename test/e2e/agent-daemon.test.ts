/** `fleet-agent supervisord` in supervisord's place: the background, the command line, and one life after another. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent, obeyingModes } from '../support/agent.ts';
import { freePort } from '../support/http.ts';
import { letGo, lingering, lingers } from '../support/lingering.ts';
import { environmentOf, isAlive, openFiles, procStat, statusLine, workingDirectory } from '../support/proc.ts';
import type { Ended } from '../support/program.ts';
import { call, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const sleeper = '[program:sleeper]\ncommand=sleep 1000\nstartsecs=0\n';

/** What supervisord would be started with, by a script: resolves when the script may go on. */
function start(agent: LoneAgent, ...options: readonly string[]): Promise<Ended> {
  return agent.runToEnd({ args: ['supervisord', '-c', 'supervisord.conf', '--data-dir', 'data', ...options] });
}

const pidIn = (agent: LoneAgent, file = 'supervisord.pid') => Number(agent.read(file));

/** Ends what `start` has left running. */
async function end(agent: LoneAgent, pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await until('the daemon has ended', () => !isAlive(pid));
  expect(agent.alive()).toEqual([]);
}

describe.concurrent('in the background', () => {
  it('it is there when the command ends, and holds nothing of the terminal', async () => {
    await using agent = new LoneAgent(served + sleeper, { daemon: 'umask=027\ndirectory=/usr\nsilent=false' });
    expect(await start(agent)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const pid = pidIn(agent);
    expect(await call(agent, 'supervisor.getPID')).toBe(pid);
    expect(procStat(pid)).toMatchObject({ session: pid });
    expect(statusLine(pid, 'Name')).toBe('supervisord');
    expect(statusLine(pid, 'Umask')).toBe('0027');
    expect(workingDirectory(pid)).toBe('/usr');
    const { 0: stdin, 1: stdout, 2: stderr } = openFiles(pid);
    expect([stdin, stdout, stderr]).toEqual(Array(3).fill('/dev/null'));
    const program = await agent.pidOf('sleeper');
    expect([workingDirectory(program), statusLine(program, 'Umask')]).toEqual(['/usr', '0027']);
    const own = /^FLEET_(?!TEST)/;
    expect(Object.keys(environmentOf(program)).filter((name) => own.test(name))).toEqual([]);
    expect(agent.messages()).toContain('daemonizing the supervisord process');

    // It finds its file again, wherever it has gone.
    process.kill(pid, 'SIGHUP');
    await agent.pidOf('sleeper', 2);
    await end(agent, pid);
    expect(agent.read('supervisord.pid')).toBe('');
  });

  it('it starts from a folder that has been removed, where all its paths are absolute', async () => {
    await using agent = new LoneAgent(served + sleeper, {
      daemon: 'logfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid',
    });
    const through = ['sh', '-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"'];
    const args = ['supervisord', '-c', agent.path('supervisord.conf'), '--data-dir', agent.path('data')];
    expect(await agent.runToEnd({ through, args })).toMatchObject({ code: 0, stdout: '' });
    await agent.pidOf('sleeper');
    await end(agent, pidIn(agent));
    expect(await agent.runToEnd({ through, args: [...args, '-l', 'here.log'] })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot write the log .*gone \(deleted\)/),
    });
  });

  it('a second one harms nothing of the first', async () => {
    await using agent = new LoneAgent(
      `${served}[program:say]\ncommand=/bin/sh -c 'echo hello; exec sleep 1000'\nstartsecs=0\n`,
      { daemon: 'childlogdir=%(here)s' },
    );
    await start(agent);
    const [pid, program] = [pidIn(agent), await agent.pidOf('say')];
    const logs = () => readdirSync(agent.folder).filter((name) => name.startsWith('say-stdout---'));
    const [log = ''] = await until('there is a log', () => agent.read(logs()[0] ?? 'none') === 'hello\n' && logs());
    for (const folder of ['data', 'other']) {
      const second = await agent.runToEnd({ args: ['supervisord', '-c', 'supervisord.conf', '--data-dir', folder] });
      expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('already listening') });
    }
    expect([logs(), agent.read(log)]).toEqual([[log], 'hello\n']);
    expect([pidIn(agent), isAlive(program), await call(agent, 'supervisor.getPID')]).toEqual([pid, true, pid]);
    await end(agent, pid);
  });

  it('what cannot start says so to the command that starts it', async () => {
    await using agent = new LoneAgent(sleeper, { daemon: 'loglevel=loud' });
    const badConfig = await start(agent);
    expect(badConfig).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("'loud'") });
    mkdirSync(agent.path('theirs'), { mode: 0o555 });
    agent.write('supervisord.conf', `[supervisord]\nlogfile=theirs/log\n${sleeper}`);
    const args = ['supervisord', '-c', 'supervisord.conf', '--data-dir', 'data'];
    const noLog = await agent.runToEnd({ through: obeyingModes, args });
    expect(noLog).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: cannot write the log /),
    });
    agent.write('supervisord.conf', `[supervisord]\n[unix_http_server]\nfile=${agent.path('none/s.sock')}\n${sleeper}`);
    const noSocket = await start(agent);
    expect(noSocket).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Error: Cannot open an HTTP server: .*ENOENT/),
    });
    expect([agent.alive(), agent.pidsOf('sleeper'), agent.read('supervisord.pid')]).toEqual([[], [], '']);
  });
});

describe.concurrent('the command line', () => {
  it('wins over the file, at every reading of it', async () => {
    await using agent = new LoneAgent(served + sleeper, {
      daemon: 'identifier=file\nlogfile=file.log\npidfile=file.pid\nloglevel=info\nchildlogdir=%(here)s\nnodaemon=true',
      files: { 'logs/.keep': '' },
    });
    const words = [
      '-n',
      '-i',
      'me',
      '-l',
      'supervisord.log',
      '-j',
      'mine.pid',
      '-e',
      'debug',
      '-q',
      'logs',
      '--minfds=64',
    ];
    agent.launch({
      args: ['supervisord', '-c', 'supervisord.conf', '--data-dir', 'data', '-y', '100KB', '-z1', ...words],
    });
    const autoLogs = () => readdirSync(agent.path('logs')).filter((name) => name.includes('---me-'));
    await agent.pidOf('sleeper');
    expect(autoLogs()).toHaveLength(2);
    agent.write(
      'supervisord.conf',
      `[supervisord]\nidentifier=other\nlogfile=other.log\npidfile=other.pid\n${served}${sleeper}`,
    );
    await call(agent, 'supervisor.reloadConfig');
    expect(await call(agent, 'supervisor.getIdentification')).toBe('me');
    agent.kill('SIGHUP');
    await agent.pidOf('sleeper', 2);
    expect(await call(agent, 'supervisor.getIdentification')).toBe('me');
    expect(autoLogs()).toHaveLength(2);
    expect(agent.messages()).toContainEqual(expect.stringMatching(/^killing sleeper \(pid \d+\) with signal SIGTERM$/));
    expect(pidIn(agent, 'mine.pid')).toBe(agent.pid);
    await agent.end();
    const files = readdirSync(agent.folder).filter((name) => /\.(log|pid)$/.test(name));
    expect(files).toEqual(['supervisord.log']);
  });

  it.each([
    { args: ['-h'], code: 0, stdout: /-n, --nodaemon/, stderr: /^$/ },
    { args: ['-v'], code: 0, stdout: /^4\.\d+\S*\n$/, stderr: /^$/ },
    { args: ['--version'], code: 0, stdout: /^4\.\d+\S*\n$/, stderr: /^$/ },
    { args: ['-c', 'nope.conf'], code: 2, stdout: /^$/, stderr: /^Error: could not find config file \S+nope\.conf/ },
    { args: ['-x'], code: 2, stdout: /^$/, stderr: /^Error: option -x not recognized\nFor help, use \S+ .*-h\n$/ },
    { args: ['word'], code: 2, stdout: /^$/, stderr: /^Error: positional arguments are not supported: \['word'\]\n/ },
    { args: ['-n', '-n'], code: 2, stdout: /^$/, stderr: /^Error: conflicting command line option '-n'\n/ },
    { args: ['-d', '/nope'], code: 2, stdout: /^$/, stderr: /^Error: invalid value for -d '\/nope': \/nope is not an/ },
    { args: ['-e', 'loud'], code: 2, stdout: /^$/, stderr: /^Error: invalid value for -e 'loud': bad logging level/ },
  ])('supervisord $args', async ({ args, code, stdout, stderr }) => {
    await using agent = new LoneAgent(sleeper);
    const ended = await agent.runToEnd({ args: ['supervisord', ...args] });
    expect(ended).toMatchObject({ code, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) });
    expect(readdirSync(agent.folder)).toEqual(['supervisord.conf']);
  });

  it('need not name the file where it is one of the usual', async () => {
    await using agent = new LoneAgent(sleeper, { daemon: 'nodaemon=true', files: { 'home/.keep': '' } });
    agent.launch({ args: ['supervisord', '--data-dir', 'data'] });
    const pid = await agent.pidOf('sleeper');
    expect(procStat(pid)?.ppid).toBe(agent.pid);
    expect((await agent.end()).stderr).toMatch(process.getuid?.() === 0 ? /^Warning: root looks/ : /^$/);
  });
});

describe.concurrent('a reload', () => {
  it('takes up what the daemon itself has of its config', async () => {
    const port = await freePort();
    await using agent = new LoneAgent(served + sleeper, { daemon: 'identifier=old' });
    agent.launch();
    await agent.pidOf('sleeper');
    const daemon = 'identifier=new\nlogfile=new.log\npidfile=new.pid\nenvironment=A="b"\n';
    const doors = `${served.replace('agent.sock', 'new.sock')}[inet_http_server]\nport=127.0.0.1:${port}\n`;
    agent.write('supervisord.conf', `[supervisord]\n${daemon}${doors}${sleeper}`);
    agent.kill('SIGHUP');
    await until('it is back', () => /spawned: 'sleeper' with pid/.test(agent.read('new.log')));
    const [, pid = 0] = /spawned: 'sleeper' with pid (\d+)/.exec(agent.read('new.log')) ?? [];
    await until('the program itself runs', () => environmentOf(Number(pid)).A === 'b');
    expect(statSync(agent.path('new.sock')).isSocket()).toBe(true);
    expect(() => statSync(agent.path('agent.sock'))).toThrow('ENOENT');
    expect(await (await fetch(`http://127.0.0.1:${port}/ok.html`)).text()).toBe('OK');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('new');
    expect(pidIn(agent, 'new.pid')).toBe(agent.pid);
    expect(agent.read('new.log')).toContain(` INFO supervisord started with pid ${agent.pid}\n`);
    expect((await agent.end()).code).toBe(0);
  });

  it('asked for again and again happens, and the agent is what it was', async () => {
    await using agent = await LoneAgent.start(served + sleeper + lingering('slow'));
    await lingers(agent, 'slow');
    letGo(agent, 'slow');
    for (let round = 2; round < 6; round++) {
      agent.kill('SIGHUP');
      await agent.says(/^received SIGHUP indicating restart request$/, round - 1);
      await agent.pidOf('sleeper', round);
      await agent.pidOf('slow', round);
    }
    expect(agent.alive()).toHaveLength(3);
    expect(await call(agent, 'supervisor.getPID')).toBe(agent.pid);
    expect((await agent.end()).code).toBe(0);
  });
});

describe.concurrent('around the daemon', () => {
  it('USR1 means nothing to it, in whatever state', async () => {
    await using agent = new LoneAgent(sleeper);
    agent.launch();
    await agent.pidOf('sleeper');
    for (let i = 0; i < 3; i++) agent.kill('SIGUSR1');
    agent.kill('SIGUSR2');
    await agent.says(/^supervisord logreopen$/);
    expect((await agent.end()).code).toBe(0);
  });

  it('the main log may be the system’s', async () => {
    await using agent = new LoneAgent(served + sleeper, { daemon: 'logfile=syslog' });
    agent.launch();
    await until('it answers', () => call(agent, 'supervisor.getState'));
    expect(await call(agent, 'supervisor.readLog', 0, 0)).toBe('FAULT 20 NO_FILE: syslog');
    await until('the terminal has it all the same', () =>
      /INFO spawned: 'sleeper' with pid \d+\n/.test(agent.stdout()),
    );
    expect((await agent.end()).code).toBe(0);
    expect(readdirSync(agent.folder).filter((name) => /^syslog|^supervisord\.log/.test(name))).toEqual([]);
  });

  it('the sample config runs as it stands, and its client finds it', async () => {
    await using agent = new LoneAgent('');
    const { code, stdout } = await agent.runToEnd({ args: ['sample-config'] });
    expect(code).toBe(0);
    agent.write('sample.conf', stdout);
    agent.launch({ args: ['run', '-c', 'sample.conf', '--data-dir', 'data'] });
    await agent.says(/^supervisord started with pid/);
    const pid = await agent.runToEnd({ args: ['ctl', '-c', 'sample.conf', 'pid'] });
    expect(pid).toEqual({ code: 0, signal: null, stdout: `${agent.pid}\n`, stderr: '' });
    expect((await agent.end()).code).toBe(0);
  });
});
