/** What an agent makes of what programs write, beyond copying it: messages between tags, escape codes, cleared files, and programs that write too much or end oddly. */
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { eventsOf, heard, listener } from '../support/listener.ts';
import { childrenOf, isAlive, rssBytes } from '../support/proc.ts';
import { call, processInfo, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';

/** A program of one line of shell, RUNNING at once. */
const shell = (name: string, script: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=/bin/sh -c '${script}'\nstartsecs=0\nstdout_logfile=${name}.log\nstderr_logfile=NONE\nautorestart=false\n${options.join('\n')}\n\n`;

const [begin, end] = ['<!--XSUPERVISOR:BEGIN-->', '<!--XSUPERVISOR:END-->'];

describe.concurrent('messages between tags', () => {
  it('go to listeners and not to the log, however they are cut', async () => {
    const pieces = [`one${begin}mess`, 'age', end.slice(0, 5), `${end.slice(5)}two${begin}`, `second${end}`, 'end'];
    const script = pieces.map((piece) => `printf "${piece}"; read x`).join('; ');
    await using agent = await LoneAgent.start(
      served + listener('lst', 'PROCESS_COMMUNICATION') + shell('talk', script, 'stdout_capture_maxbytes=1MB'),
    );
    for (const _ of pieces) await typeTo(agent, 'talk', '\n');
    await agent.says(/^exited: talk \(exit status 0; expected\)$/);
    // Supervisor loses what comes last: here it is in the log.
    expect(agent.read('talk.log')).toBe('onetwoend');
    const events = await heard(agent, 'lst', 2);
    expect(events.map(({ payload }) => payload.split('\n')[1])).toEqual(['message', 'second']);
  });

  it('are as long as the config allows, and no memory more', async () => {
    await using agent = await LoneAgent.start(
      served +
        listener('lst', 'PROCESS_COMMUNICATION') +
        shell(
          'talk',
          `printf "${begin}"; yes 123456789 | head -c 3000000; printf "last${end}"`,
          'stdout_capture_maxbytes=100',
        ),
    );
    const [event] = await heard(agent, 'lst', 1);
    const message = event?.payload.slice(event.payload.indexOf('\n') + 1) ?? '';
    expect(message.endsWith('123456789\nlast')).toBe(true);
    expect(message.length).toBeLessThan(200_000);
    await agent.says(/^exited: talk/);
    expect(agent.read('talk.log')).toBe('');
  });

  it('are text like any other without capture', async () => {
    await using agent = await LoneAgent.start(
      listener('lst', 'PROCESS_COMMUNICATION') + shell('talk', `printf "a${begin}b${end}c"`),
    );
    await agent.says(/^exited: talk/);
    expect(agent.read('talk.log')).toBe(`a${begin}b${end}c`);
    expect(eventsOf(agent, 'lst')).toEqual([]);
  });
});

describe.concurrent('escape codes', () => {
  it('are left out of logs where the config says so, and nothing else is', async () => {
    const script = 'printf "\\033[1;31mred\\033[0m and \\033["; read x; printf "32mgreen\\033[0m é\\n"';
    const sections = served + shell('colours', script);
    await using stripped = await LoneAgent.start(sections, { daemon: 'strip_ansi=true' });
    await using kept = await LoneAgent.start(sections);
    for (const agent of [stripped, kept]) {
      await until('it has begun', () => agent.read('colours.log').includes('red'));
      await typeTo(agent, 'colours', '\n');
      await agent.says(/^exited: colours/);
    }
    expect(stripped.read('colours.log')).toBe('red and green é\n');
    expect(kept.read('colours.log')).toBe('\x1b[1;31mred\x1b[0m and \x1b[32mgreen\x1b[0m é\n');
  });
});

describe.concurrent('a log file', () => {
  it('goes on after it was cleared, by a client or by whoever cut it', async () => {
    await using agent = await LoneAgent.start(served + shell('cat', 'exec cat'));
    const say = async (text: string, whole: string) => {
      await typeTo(agent, 'cat', text);
      await until(`the log is ${whole}`, () => agent.read('cat.log') === whole);
    };
    await say('one', 'one');
    await call(agent, 'supervisor.clearProcessLogs', 'cat');
    await say('two', 'two');
    truncateSync(agent.path('cat.log'));
    await say('three', 'three'); // and no hole of zeros before it
  });

  it('of its own kind lives as long as its process, over its runs, and goes at the next start of the agent', async () => {
    const programs = `[program:a]\ncommand=/bin/sh -c 'echo run; exec sleep 1000'\nstartsecs=0\n`;
    await using agent = await LoneAgent.start(served + programs, { daemon: 'childlogdir=%(here)s' });
    const logs = () => readdirSync(agent.folder).filter((name) => /^a-stdout---supervisor-\w{8}\.log$/.test(name));
    const [log = ''] = await until('there is a log', () => agent.read(logs()[0] ?? 'none') === 'run\n' && logs());
    expect(await processInfo(agent, 'a')).toMatchObject({ stdout_logfile: agent.path(log) });
    process.kill(await agent.pidOf('a'), 'SIGKILL');
    await until('both runs are in it', () => agent.read(log) === 'run\nrun\n');
    expect(logs()).toEqual([log]);
    agent.write('a-stdout---other-12345678.log', 'of another');
    await agent.end();
    agent.launch();
    await agent.pidOf('a', 3);
    const [next] = await until('there is another', () => logs().length === 1 && logs());
    expect(next).not.toBe(log);
    expect(agent.read('a-stdout---other-12345678.log')).toBe('of another');
  });
});

describe.concurrent('a program', () => {
  it('that writes without end and without a line keeps the agent small and awake, and loses nothing', async () => {
    const count = 200_000_000;
    await using agent = await LoneAgent.start(
      served +
        shell('flood', `head -c ${count} /dev/zero`, 'stdout_logfile_maxbytes=150MB', 'stdout_logfile_backups=1'),
    );
    let most = 0;
    await until('it has written all', async () => {
      most = Math.max(most, rssBytes(agent.pid));
      expect(await call(agent, 'supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
      return agent.messages().includes('exited: flood (exit status 0; expected)');
    });
    expect(most).toBeLessThan(200 * 1024 ** 2);
    const written = ['flood.log', 'flood.log.1'].map((name) => statSync(agent.path(name)).size);
    expect(written.reduce((sum, size) => sum + size)).toBe(count);
  });

  it('that closes its output runs on', async () => {
    await using agent = await LoneAgent.start(served + shell('mute', 'echo bye; exec >&- 2>&-; read x; exit 4'));
    await until('it has said so', () => agent.read('mute.log') === 'bye\n');
    expect(await processInfo(agent, 'mute')).toMatchObject({ statename: 'RUNNING' });
    await typeTo(agent, 'mute', '\n');
    await agent.says(/^exited: mute \(exit status 4; not expected\)$/);
  });

  it('that leaves a child behind has ended, and can be started again', async () => {
    await using agent = await LoneAgent.start(served + shell('fork', 'echo parent; sleep 1000 & exit 0'));
    await agent.says(/^exited: fork \(exit status 0; expected\)$/);
    expect(childrenOf(agent.pid)).toEqual([]);
    const [child = 0] = agent.alive().filter((pid) => pid !== agent.pid);
    expect(await call(agent, 'supervisor.startProcess', 'fork')).toBe(true);
    await agent.says(/^exited: fork \(exit status 0; expected\)$/, 2);
    await until('both have written', () => agent.read('fork.log') === 'parent\nparent\n');
    expect(isAlive(child)).toBe(true);
    const left = agent.alive().filter((pid) => pid !== agent.pid);
    expect(left).toHaveLength(2);
    for (const pid of left) process.kill(pid, 'SIGKILL');
  });

  it('that will not stop is killed, while everybody else is served', async () => {
    await using agent = await LoneAgent.start(
      served + shell('deaf', 'trap "" TERM HUP INT; echo ready; while :; do read x; done', 'stopwaitsecs=1'),
    );
    await until('it is deaf', () => agent.read('deaf.log') === 'ready\n');
    const pid = await agent.pidOf('deaf');
    const stopped = call(agent, 'supervisor.stopProcess', 'deaf');
    await until('it is asked', async () => (await processInfo(agent, 'deaf')).statename === 'STOPPING');
    expect(await call(agent, 'supervisor.stopProcess', 'deaf')).toBe('FAULT 70 NOT_RUNNING: deaf');
    expect(await stopped).toBe(true);
    expect(isAlive(pid)).toBe(false);
    expect(agent.messages()).toContain(`killing 'deaf' (${pid}) with SIGKILL`);
  });

  it('has its bytes in the log as they are, and in the main log at debug as text', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x1b, 0xc3, 0x28]);
    await using agent = new LoneAgent(shell('bytes', `exec cat bytes.in`), { daemon: 'loglevel=debug' });
    agent.write('bytes.in', bytes);
    agent.launch();
    await agent.says(/^exited: bytes/);
    expect(readFileSync(agent.path('bytes.log'))).toEqual(bytes);
    expect(agent.log()).toContain("DEBG 'bytes' stdout output:\nUndecodable: b'\\xff\\x00\\xfe\\n\\x1b\\xc3('");
  });
});
