/** Logs as clients read them over XML-RPC: ranges, ends, what cannot be read, and clearing. */
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { call, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';

/** Writes what it reads; its log is in the folder. */
const echo = (name: string) =>
  `[program:${name}]\ncommand=cat\nstartsecs=0\nstdout_logfile=${name}.log\nstderr_logfile=NONE\n\n`;

async function say(agent: LoneAgent, name: string, text: string): Promise<void> {
  const before = agent.read(`${name}.log`);
  await typeTo(agent, name, text);
  await until('it is in the log', () => agent.read(`${name}.log`) === before + text);
}

describe.concurrent('the log of a program', () => {
  it('is read by offset and length, from either end', async () => {
    await using agent = await LoneAgent.start(served + echo('cat'));
    await say(agent, 'cat', '0123456789');
    const read = (...range: readonly number[]) => call(agent, 'supervisor.readProcessStdoutLog', 'cat', ...range);
    expect(await read(0, 0)).toBe('0123456789');
    expect(await read(3, 0)).toBe('3456789');
    expect(await read(3, 4)).toBe('3456');
    expect(await read(-4, 0)).toBe('6789');
    expect(await read(-99, 0)).toBe('0123456789');
    expect(await read(99, 5)).toBe('');
    expect(await read(-4, 4)).toBe('FAULT 3 BAD_ARGUMENTS');
    expect(await read(0, -1)).toBe('FAULT 3 BAD_ARGUMENTS');
    expect(await call(agent, 'supervisor.readProcessLog', 'cat', 8, 0)).toBe('89');
    expect(await call(agent, 'supervisor.readProcessStderrLog', 'cat', 0, 0)).toBe('FAULT 20 NO_FILE');
    expect(await call(agent, 'supervisor.readProcessStdoutLog', 'nope', 0, 0)).toBe('FAULT 10 BAD_NAME: nope');
  });

  it('is followed by its end, with where to go on and whether something was left out', async () => {
    await using agent = await LoneAgent.start(served + echo('cat'));
    await say(agent, 'cat', '0123456789');
    const tail = (...range: readonly number[]) => call(agent, 'supervisor.tailProcessStdoutLog', 'cat', ...range);
    expect(await tail(0, 100)).toEqual(['0123456789', 10, false]);
    expect(await tail(0, 4)).toEqual(['6789', 10, true]);
    expect(await tail(10, 100)).toEqual(['', 10, false]);
    expect(await call(agent, 'supervisor.tailProcessLog', 'cat', 0, 4)).toEqual(['6789', 10, true]);
    expect(await call(agent, 'supervisor.tailProcessStderrLog', 'cat', 0, 4)).toEqual(['', 0, false]);
    expect(await call(agent, 'supervisor.tailProcessStdoutLog', 'nope', 0, 4)).toBe('FAULT 10 BAD_NAME: nope');
  });

  it('may hold anything: what is no text, and what XML cannot say, breaks no answer', async () => {
    await using agent = await LoneAgent.start(
      `${served}[program:bytes]\ncommand=/bin/sh -c 'printf "a\\033[1mb\\000c\\377d<&>]]>\\303\\251"; read x'\nstartsecs=0\nstdout_logfile=bytes.log\n`,
    );
    await until('it has been written', () => agent.read('bytes.log').endsWith('é'));
    expect(await call(agent, 'supervisor.readProcessStdoutLog', 'bytes', 0, 0)).toMatch(/^a.*\[1mb.*c.*d<&>\]\]>é$/s);
    // In the middle of the last character.
    expect(await call(agent, 'supervisor.readProcessStdoutLog', 'bytes', -1, 0)).toHaveLength(1);
    expect(await call(agent, 'supervisor.tailProcessStdoutLog', 'bytes', 0, 1)).toHaveLength(3);
  });

  it('is cleared, whether its program runs or not', async () => {
    await using agent = await LoneAgent.start(`${served}${echo('a')}${echo('b')}[group:g]\nprograms=a,b\n`);
    for (const name of ['a', 'b']) {
      await typeTo(agent, `g:${name}`, 'text');
      await until('it is in the log', () => agent.read(`${name}.log`) === 'text');
    }
    expect(await call(agent, 'supervisor.clearProcessLogs', 'g:a')).toBe(true);
    expect([agent.read('a.log'), agent.read('b.log')]).toEqual(['', 'text']);
    await call(agent, 'supervisor.stopProcess', 'g:b');
    expect(await call(agent, 'supervisor.clearAllProcessLogs')).toEqual(
      ['a', 'b'].map((name) => ({ name, group: 'g', status: 80, description: 'OK' })),
    );
    expect(agent.read('b.log')).toBe('');
    await typeTo(agent, 'g:a', 'more');
    await until('writing goes on', () => agent.read('a.log') === 'more');
    for (const name of ['nope', 'g:*']) {
      expect(await call(agent, 'supervisor.clearProcessLog', name)).toBe(`FAULT 10 BAD_NAME: ${name}`);
    }
  });
});

describe.concurrent('the main log', () => {
  it('is read and cleared', async () => {
    await using agent = await LoneAgent.start(served);
    expect(await call(agent, 'supervisor.readLog', 0, 0)).toBe(agent.log());
    expect(await call(agent, 'supervisor.readMainLog', 0, 4)).toBe(agent.log().slice(0, 4));
    expect(await call(agent, 'supervisor.readLog', -4, 1)).toBe('FAULT 3 BAD_ARGUMENTS');
    expect(await call(agent, 'supervisor.clearLog')).toBe(true);
    expect(agent.log()).not.toContain('started with pid');
    agent.kill('SIGUSR2');
    await agent.says(/^supervisord logreopen$/);
  });
});
