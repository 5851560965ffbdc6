/** The methods that clients call over XML-RPC, against an agent as it runs: what they answer, and what they do. */
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { letGo, lingering, lingers } from '../support/lingering.ts';
import { isAlive, statusLine } from '../support/proc.ts';
import { call, processInfo, type RpcValue, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';

/** A program that is there at once, and not before somebody wants it. */
const idle = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=cat\nautostart=false\nstartsecs=0\n${options.join('\n')}\n\n`;

/** An entry of what methods on many processes answer. */
const done = (name: string, group = name) => ({ name, group, status: 80, description: 'OK' });

const byName = (entries: RpcValue) =>
  Array.isArray(entries) ? entries.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : entries;

const ofSupervisor = [
  ...['addProcessGroup', 'clearAllProcessLogs', 'clearLog', 'clearProcessLog', 'clearProcessLogs', 'getAPIVersion'],
  ...['getAllConfigInfo', 'getAllProcessInfo', 'getIdentification', 'getPID', 'getProcessInfo', 'getState'],
  ...['getSupervisorVersion', 'getVersion', 'readLog', 'readMainLog', 'readProcessLog', 'readProcessStderrLog'],
  ...['readProcessStdoutLog', 'reloadConfig', 'removeProcessGroup', 'restart', 'sendProcessStdin'],
  ...['sendRemoteCommEvent', 'shutdown', 'signalAllProcesses', 'signalProcess', 'signalProcessGroup'],
  ...['startAllProcesses', 'startProcess', 'startProcessGroup', 'stopAllProcesses', 'stopProcess', 'stopProcessGroup'],
  ...['tailProcessLog', 'tailProcessStderrLog', 'tailProcessStdoutLog'],
];
const ofSystem = ['listMethods', 'methodHelp', 'methodSignature', 'multicall'];

describe.concurrent('methods', () => {
  it('are those of Supervisor, and tell what they are', async () => {
    await using agent = await LoneAgent.start(served, { daemon: 'identifier=me' });
    expect(await call(agent, 'system.listMethods')).toEqual([
      ...ofSupervisor.map((name) => `supervisor.${name}`),
      ...ofSystem.map((name) => `system.${name}`),
    ]);
    expect(await call(agent, 'system.methodSignature', 'supervisor.startProcess')).toEqual([
      'boolean',
      'string',
      'boolean',
    ]);
    expect(await call(agent, 'system.methodHelp', 'supervisor.startProcess')).toMatch(/\S/);
    expect(await call(agent, 'system.methodHelp', 'no.such')).toBe('FAULT 4 SIGNATURE_UNSUPPORTED');
    expect(await call(agent, 'system.methodSignature', 'no.such')).toBe('FAULT 4 SIGNATURE_UNSUPPORTED');

    expect(await call(agent, 'supervisor.getAPIVersion')).toBe('3.0');
    expect(await call(agent, 'supervisor.getVersion')).toBe('3.0');
    expect(await call(agent, 'supervisor.getSupervisorVersion')).toMatch(/^4\.\d/);
    expect(await call(agent, 'supervisor.getIdentification')).toBe('me');
    expect(await call(agent, 'supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
    expect(await call(agent, 'supervisor.getPID')).toBe(agent.pid);
  });

  it('that are none, or are called wrongly, are answered with a fault', async () => {
    await using agent = await LoneAgent.start(served + idle('cat'));
    for (const name of [
      'supervisor.nope',
      'nope',
      'supervisor.',
      'a.b.c',
      'supervisor._startProcess',
      'x'.repeat(9999),
    ]) {
      expect(await call(agent, name)).toBe('FAULT 1 UNKNOWN_METHOD');
    }
    for (const name of [
      'supervisor.__class__',
      'supervisor.constructor',
      'constructor.name',
      'toString',
      '__proto__',
    ]) {
      expect(await call(agent, name)).toBe('FAULT 1 UNKNOWN_METHOD');
    }
    for (const params of [[], ['cat', true, 1], [7], [['cat']], [{ name: 'cat' }]]) {
      expect(await call(agent, 'supervisor.startProcess', ...params)).toBe('FAULT 2 INCORRECT_PARAMETERS');
    }
    expect(await call(agent, 'supervisor.getState', 1)).toBe('FAULT 2 INCORRECT_PARAMETERS');
    expect(await call(agent, 'supervisor.readLog', 'all', 0)).toBe('FAULT 2 INCORRECT_PARAMETERS');
  });

  it('tell all there is to know of a process', async () => {
    await using agent = await LoneAgent.start(
      `${served}${idle('cat', 'stdout_logfile=%(here)s/cat.log', 'stderr_logfile=NONE')}
[program:bad]\ncommand=/bin/sh -c 'exit 7'\nautostart=false\nstartretries=0\nstdout_logfile=NONE\nstderr_logfile=NONE
[program:b]\ncommand=cat\n[program:a]\ncommand=cat\n[group:g]\nprograms=b,a\n`,
    );
    const log = agent.path('cat.log');
    const logfiles = { logfile: log, stdout_logfile: log, stderr_logfile: '' };
    const never = { start: 0, stop: 0, spawnerr: '', exitstatus: 0, pid: 0, description: 'Not started' };
    const whose = { name: 'cat', group: 'cat' };
    expect(await processInfo(agent, 'cat')).toEqual({
      ...{ ...whose, ...logfiles, ...never, state: 0, statename: 'STOPPED' },
      now: expect.any(Number),
    });
    await call(agent, 'supervisor.startProcess', 'cat');
    const pid = await agent.pidOf('cat');
    const running = await processInfo(agent, 'cat:cat');
    expect(running).toEqual({
      ...{ ...whose, ...logfiles, ...never, state: 20, statename: 'RUNNING', pid },
      ...{ start: expect.any(Number), now: expect.any(Number) },
      description: expect.stringMatching(new RegExp(`^pid ${pid}, uptime 0:00:\\d\\d$`)),
    });
    expect(Math.abs(Number(running.start) - Date.now() / 1000)).toBeLessThan(30);

    expect(await call(agent, 'supervisor.startProcess', 'bad')).toBe('FAULT 50 SPAWN_ERROR: bad');
    await agent.says(/^gave up: bad/);
    expect(await processInfo(agent, 'bad')).toMatchObject({
      ...{ state: 200, statename: 'FATAL', exitstatus: 0, pid: 0, logfile: '' },
      spawnerr: 'Exited too quickly (process log may have details)',
      description: 'Exited too quickly (process log may have details)',
    });

    const all = await call(agent, 'supervisor.getAllProcessInfo');
    expect(Array.isArray(all) && all.map(({ group, name }) => `${group}:${name}`)).toEqual([
      ...['bad:bad', 'cat:cat', 'g:a', 'g:b'],
    ]);
    for (const name of ['nope', 'g', 'g:*', 'g:nope', '']) {
      expect(await call(agent, 'supervisor.getProcessInfo', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
    }
  });

  it('tell what the config says of each process', async () => {
    await using agent = await LoneAgent.start(
      `${served}${idle('plain')}
[program:set]
command=cat -u
directory=/
user=${process.getuid?.()}
priority=5
autorestart=true
exitcodes=0,2
startretries=9
stopsignal=HUP
stopwaitsecs=3
killasgroup=true
redirect_stderr=true
stdout_logfile=NONE
stdout_logfile_maxbytes=3GB
stdout_events_enabled=true
serverurl=http://example:1
`,
    );
    const common = {
      stdout_capture_maxbytes: 0,
      stdout_syslog: false,
      stderr_capture_maxbytes: 0,
      stderr_syslog: false,
    };
    const stderr = {
      stderr_events_enabled: false,
      stderr_logfile_maxbytes: 50 * 1024 ** 2,
      stderr_logfile_backups: 10,
    };
    const plain = {
      ...{ ...common, ...stderr, name: 'plain', group: 'plain', command: 'cat', inuse: true, directory: 'none' },
      ...{ autostart: false, autorestart: 'unexpected', startsecs: 0, startretries: 3, exitcodes: [0], uid: 'none' },
      ...{ stopsignal: 15, stopwaitsecs: 10, killasgroup: false, redirect_stderr: false, serverurl: 'none' },
      ...{ group_prio: 999, process_prio: 999, stdout_events_enabled: false },
      ...{ stdout_logfile_maxbytes: 50 * 1024 ** 2, stdout_logfile_backups: 10 },
      ...{ stdout_logfile: expect.any(String), stderr_logfile: expect.any(String) },
    };
    expect(await call(agent, 'supervisor.getAllConfigInfo')).toEqual([
      plain,
      {
        ...{ ...plain, name: 'set', group: 'set', command: 'cat -u', directory: '/', uid: process.getuid?.() },
        ...{ group_prio: 5, process_prio: 5, autostart: true, autorestart: true, startsecs: 1, startretries: 9 },
        ...{ exitcodes: [0, 2], stopsignal: 1, stopwaitsecs: 3, killasgroup: true, redirect_stderr: true },
        ...{ stdout_logfile: 'none', stderr_logfile: 'none', stdout_events_enabled: true },
        // Its type has no more: the real one answers nothing at all then.
        ...{ stdout_logfile_maxbytes: 2 ** 31 - 1, serverurl: 'http://example:1' },
      },
    ]);
  });
});

describe.concurrent('starting, stopping and signalling', () => {
  it('one process', async () => {
    await using agent = await LoneAgent.start(
      served +
        idle('cat') +
        '[program:gone]\ncommand=/no/such\nautostart=false\n\n[program:text]\ncommand=/etc/passwd\nautostart=false\n\n' +
        '[program:quick]\ncommand=true\nautostart=false\nstartretries=0\n',
    );
    const ctl = (verb: 'start' | 'stop' | 'signal', ...params: readonly RpcValue[]) =>
      call(agent, `supervisor.${verb}Process`, ...params);
    expect(await ctl('stop', 'cat')).toBe('FAULT 70 NOT_RUNNING: cat');
    expect(await ctl('signal', 'cat', 'HUP')).toBe('FAULT 70 NOT_RUNNING: cat');
    expect(await ctl('start', 'cat')).toBe(true);
    expect(await ctl('start', 'cat')).toBe('FAULT 60 ALREADY_STARTED: cat');
    const pid = await agent.pidOf('cat');
    expect(await ctl('signal', 'cat', 'NOPE')).toBe('FAULT 11 BAD_SIGNAL: NOPE');
    for (const name of ['STOP', 'SIGCONT', 18, '18', 'KILL']) expect(await ctl('signal', 'cat', name)).toBe(true);
    await until('it is gone', () => !isAlive(pid));
    await agent.pidOf('cat', 2);
    expect(await ctl('stop', 'cat:cat')).toBe(true);
    expect(await processInfo(agent, 'cat')).toMatchObject({ statename: 'STOPPED', pid: 0 });

    expect(await ctl('start', 'gone')).toBe("FAULT 20 NO_FILE: can't find command '/no/such'");
    expect(await ctl('start', 'text')).toBe("FAULT 21 NOT_EXECUTABLE: command at '/etc/passwd' is not executable");
    expect(await ctl('start', 'quick')).toBe('FAULT 50 SPAWN_ERROR: quick');
    for (const name of ['nope', 'cat:nope', 'nope:*']) {
      expect(await ctl('start', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
      expect(await ctl('stop', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
      expect(await ctl('signal', name, 'HUP')).toBe(`FAULT 10 BAD_NAME: ${name}`);
    }
  });

  it('a process group, and all', async () => {
    await using agent = await LoneAgent.start(
      `${served}${idle('one', 'priority=2')}${idle('a')}${idle('b')}[program:bad]\ncommand=/no/such\nautostart=false\nstartretries=0\n
[group:g]\nprograms=a,b\npriority=1\n[group:broken]\nprograms=bad\npriority=3\n`,
    );
    const both = [done('a', 'g'), done('b', 'g')];
    const bad = { name: 'bad', group: 'broken', status: 20, description: "NO_FILE: can't find command '/no/such'" };
    expect(await call(agent, 'supervisor.startProcessGroup', 'g')).toEqual(both);
    expect(await call(agent, 'supervisor.startProcess', 'g:*')).toEqual([]);
    expect(byName(await call(agent, 'supervisor.signalProcessGroup', 'g', 'CONT'))).toEqual(both);
    expect(byName(await call(agent, 'supervisor.startAllProcesses', true))).toEqual([bad, done('one')]);
    expect(byName(await call(agent, 'supervisor.signalAllProcesses', 'CONT'))).toEqual([...both, done('one')]);
    expect(byName(await call(agent, 'supervisor.stopProcessGroup', 'g'))).toEqual(both);
    expect(await call(agent, 'supervisor.stopProcess', 'g:*')).toEqual([]);
    expect(await call(agent, 'supervisor.stopAllProcesses')).toEqual([done('one')]);
    for (const method of ['startProcessGroup', 'stopProcessGroup']) {
      expect(await call(agent, `supervisor.${method}`, 'nope')).toBe('FAULT 10 BAD_NAME: nope');
    }
  });

  it('answers when it is done, or at once; others are answered meanwhile', async () => {
    await using agent = await LoneAgent.start(served + lingering('slow', 'autostart=false', 'startsecs=2'));
    const state = async () => (await processInfo(agent, 'slow')).statename;
    const answers: string[] = [];
    const noted = async (what: string, answer: Promise<RpcValue>) => answers.push(`${what}: ${await answer}`);
    const started = noted('started', call(agent, 'supervisor.startProcess', 'slow'));
    await until('it is starting', async () => (await state()) === 'STARTING');
    expect(answers).toEqual([]);
    await started;
    expect(await state()).toBe('RUNNING');
    await lingers(agent, 'slow');
    const stopped = noted('stopped', call(agent, 'supervisor.stopProcess', 'slow'));
    await until('it is stopping', async () => (await state()) === 'STOPPING');
    await noted('again', call(agent, 'supervisor.stopProcess', 'slow'));
    letGo(agent, 'slow');
    await stopped;
    expect(answers).toEqual(['started: true', 'again: FAULT 70 NOT_RUNNING: slow', 'stopped: true']);
    expect(await state()).toBe('STOPPED');
    expect(await call(agent, 'supervisor.startProcess', 'slow', false)).toBe(true);
    expect(await state()).toBe('STARTING');
  });
});

describe.concurrent('what goes to a program', () => {
  it('is text on its stdin, and an event of any kind for listeners', async () => {
    await using agent = await LoneAgent.start(`${served}${idle('cat', 'stdout_logfile=cat.log')}`);
    const send = 'supervisor.sendProcessStdin';
    expect(await call(agent, send, 'cat', 'x')).toBe('FAULT 70 NOT_RUNNING: cat');
    await call(agent, 'supervisor.startProcess', 'cat');
    expect(await call(agent, send, 'cat', 'é <&> \n')).toBe(true);
    expect(await call(agent, send, 'cat:cat', 'more')).toBe(true);
    await until('it has come back', () => agent.read('cat.log') === 'é <&> \nmore');
    expect(await call(agent, send, 'cat', 5)).toBe('FAULT 2 INCORRECT_PARAMETERS: 5');
    expect(await call(agent, send, 'nope', 'x')).toBe('FAULT 10 BAD_NAME: nope');
    expect(await call(agent, 'supervisor.sendRemoteCommEvent', 'kind', 'data')).toBe(true);
  });
});

describe.concurrent('several calls in one', () => {
  it('are made in order, each after the one before', async () => {
    await using agent = await LoneAgent.start(served + idle('cat'));
    const one = (methodName: string, ...params: readonly RpcValue[]) => ({ methodName, params });
    const fault = (faultCode: number, faultString: string) => ({ faultCode, faultString });
    const answers = await call(agent, 'system.multicall', [
      one('supervisor.startProcess', 'cat'),
      one('supervisor.startProcess', 'cat'),
      one('supervisor.stopProcess', 'cat'),
      { methodName: 'supervisor.getAPIVersion' },
      one('supervisor.nope'),
      { params: [] },
      one('system.multicall', []),
      one('system.methodSignature', 'supervisor.getPID'),
    ]);
    expect(answers).toEqual([
      ...[true, fault(60, 'ALREADY_STARTED: cat'), true, '3.0', fault(1, 'UNKNOWN_METHOD')],
      fault(2, 'INCORRECT_PARAMETERS: No methodName'),
      fault(2, 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden'),
      ['int'],
    ]);
    expect(await call(agent, 'system.multicall', [])).toEqual([]);
  });
});

describe.concurrent('without [rpcinterface:supervisor]', () => {
  it('there are the methods of system alone', async () => {
    await using agent = await LoneAgent.start(served.split('[rpcinterface')[0] ?? '');
    expect(await call(agent, 'system.listMethods')).toEqual(ofSystem.map((name) => `system.${name}`));
    expect(await call(agent, 'supervisor.getState')).toBe('FAULT 1 UNKNOWN_METHOD');
    expect(statusLine(agent.pid, 'State')).toMatch(/^[SR]/);
  });
});
