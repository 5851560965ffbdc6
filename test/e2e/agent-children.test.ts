/** What a program finds itself in when an agent alone has started it: descriptors, user, folder, mask, limits, signals. */
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent, otherUser } from '../support/agent.ts';
import { childrenOf, commandLine, openFiles, procStat, statusLine, workingDirectory } from '../support/proc.ts';
import { until } from '../support/until.ts';

/** Once the program itself runs: before, it may be the one that switches the user. */
async function pidOfProgram(agent: LoneAgent, name: string, run = 1): Promise<number> {
  const pid = await agent.pidOf(name, run);
  await until(`${name} is what runs`, () => isSleep(pid));
  return pid;
}

const isSleep = (pid: number) => commandLine(pid)[0] === 'sleep';

function openFilesLimit(pid: number): readonly string[] {
  const words = /^Max open files +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'));
  return words?.slice(1) ?? [];
}

describe.concurrent('a program', () => {
  it('has three descriptors, which are FIFOs, and not one of anybody else', async () => {
    await using agent = new LoneAgent(
      '[program:plain]\ncommand=sleep 1000\nprocess_name=plain-%(process_num)d\nnumprocs=3\n\n' +
        '[program:joined]\ncommand=sleep 1000\nredirect_stderr=true\numask=027\n\n' +
        `[program:other]\ncommand=sleep 1000\nuser=${otherUser}\ndirectory=/\n`,
    );
    const careless = openSync('/dev/null', 'r');
    agent.launch({ descriptor30: careless });
    closeSync(careless);
    for (const name of ['plain-0', 'plain-1', 'plain-2', 'joined', 'other']) {
      const pid = await pidOfProgram(agent, name);
      // Its loader has one more open for a moment; what leaks stays.
      await until('it has three', () => Object.keys(openFiles(pid)).join() === '0,1,2');
      for (const number of [0, 1, 2]) expect(statSync(`/proc/${pid}/fd/${number}`).isFIFO()).toBe(true);
      const [, out, err] = Object.values(openFiles(pid));
      expect(out === err).toBe(name === 'joined');
    }
  });

  it('leaves no descriptor in the agent when it ends', async () => {
    await using agent = await LoneAgent.start('[program:victim]\ncommand=sleep 1000\nstartsecs=0\n');
    process.kill(await pidOfProgram(agent, 'victim'), 'SIGKILL');
    const second = await pidOfProgram(agent, 'victim', 2);
    const count = () => Object.keys(openFiles(agent.pid)).length;
    const before = count();
    process.kill(second, 'SIGKILL');
    for (let run = 3; run < 9; run++) process.kill(await pidOfProgram(agent, 'victim', run), 'SIGKILL');
    await pidOfProgram(agent, 'victim', 9);
    await until('as many are open as before', () => count() <= before);
  });

  it('has the user, the folder and the mask that its config names', async () => {
    await using agent = await LoneAgent.start(
      `[program:set]\ncommand=sleep 1000\nuser=${otherUser}\ndirectory=/usr\numask=027\n\n` +
        '[program:mask]\ncommand=sleep 1000\numask=077\n\n' +
        '[program:folder]\ncommand=sleep 1000\ndirectory=/usr\n\n' +
        '[program:plain]\ncommand=sleep 1000\n',
    );
    const set = await pidOfProgram(agent, 'set');
    expect(statusLine(set, 'Uid').split('\t')).toEqual(Array(4).fill(String(otherUser)));
    expect(workingDirectory(set)).toBe('/usr');
    expect(statusLine(set, 'Umask')).toBe('0027');
    expect(statusLine(await pidOfProgram(agent, 'mask'), 'Umask')).toBe('0077');
    expect(workingDirectory(await pidOfProgram(agent, 'folder'))).toBe('/usr');
    const plain = await pidOfProgram(agent, 'plain');
    expect(workingDirectory(plain)).toBe(agent.folder);
    expect(statusLine(plain, 'Umask')).toBe(statusLine(agent.pid, 'Umask'));
    expect(statusLine(plain, 'Uid').split('\t')[0]).toBe(String(process.getuid?.()));
  });

  it('has the user whom the whole agent becomes, who gets a data folder that only root could make', async () => {
    await using agent = new LoneAgent('[program:plain]\ncommand=sleep 1000\n', {
      daemon: `user=${otherUser}\nlogfile=theirs/main.log\npidfile=theirs/pid\nchildlogdir=theirs`,
    });
    mkdirSync(agent.path('theirs'));
    chownSync(agent.path('theirs'), otherUser, -1);
    agent.launch({ args: ['run', '-c', 'supervisord.conf', '--data-dir', 'state/data'] });
    const [pid = 0] = await until('its program runs', () => {
      const running = childrenOf(agent.pid).filter(isSleep);
      return running.length > 0 && running;
    });
    for (const someone of [agent.pid, pid]) expect(statusLine(someone, 'Uid').split('\t')[0]).toBe(String(otherUser));
    expect(statSync(agent.path('state/data')).uid).toBe(otherUser);
  });

  it('inherits the limits that the agent was started with, raised to minfds', async () => {
    const [soft = '', hard = ''] = openFilesLimit(process.pid);
    const shell = (limit: number) => ['/bin/sh', '-c', `ulimit -S -n ${limit} && exec "$@"`, 'sh'];
    for (const { given, minfds, expected } of [
      { given: 300, minfds: 200, expected: 300 },
      { given: 300, minfds: 400, expected: 400 },
    ]) {
      await using agent = new LoneAgent('[program:plain]\ncommand=sleep 1000\n', { daemon: `minfds=${minfds}` });
      agent.launch({ through: shell(given) });
      expect(openFilesLimit(await pidOfProgram(agent, 'plain'))).toEqual([String(expected), hard]);
    }
    expect([soft, hard]).toEqual(openFilesLimit(process.pid));
  });

  it('gets a PATH and NODE_OPTIONS that the agent itself could not live with', async () => {
    const PATH = '/nowhere';
    const NODE_OPTIONS = '--require=/nowhere/none.js';
    await using agent = await LoneAgent.start(
      `[program:plain]\ncommand=/bin/sh -c "echo $PATH $NODE_OPTIONS; exec /bin/sleep 1000"\nuser=${otherUser}\n` +
        'stdout_logfile=out.log\nstartsecs=0\n',
      { env: { PATH, NODE_OPTIONS } },
    );
    await until('it has said what it has', () => agent.read('out.log').endsWith('\n'));
    expect(agent.read('out.log')).toBe(`${PATH} ${NODE_OPTIONS}\n`);
  });

  it('leads a group of its own and minds every signal', async () => {
    await using agent = await LoneAgent.start('[program:plain]\ncommand=sleep 1000\n');
    const pid = await pidOfProgram(agent, 'plain');
    expect(procStat(pid)).toMatchObject({ ppid: agent.pid, pgrp: pid });
    expect(BigInt(`0x${statusLine(pid, 'SigIgn')}`) & 0x7fffffffn).toBe(0n);
    expect(BigInt(`0x${statusLine(pid, 'SigBlk')}`)).toBe(0n);
  });
});
