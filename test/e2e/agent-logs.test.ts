/** What programs write ends up in their logs: all of it, where and as their config says. */
import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoneAgent, otherUser } from '../support/agent.ts';
import { launch } from '../support/program.ts';
import { until } from '../support/until.ts';
import { root } from '../tidy/source-tree.ts';

const numbers = (count: number, everyMs: number) =>
  `${process.execPath} ${join(root, 'test/programs/numbers.mjs')} ${count} ${everyMs}`;

const countTo = (last: number) => Array.from({ length: last }, (_, index) => `${index + 1}\n`).join('');

describe.concurrent('logs of an agent alone', () => {
  it('are two AUTO files for each process, for its user alone', async () => {
    await using agent = await LoneAgent.start(
      `[program:two]\ncommand=/bin/sh -c 'echo out; echo err >&2; exec sleep 1000'\n`,
      { daemon: 'identifier=mine' },
    );
    const named = (stream: string) => new RegExp(`^two-${stream}---mine-[a-z0-9_]{8}\\.log$`);
    for (const [stream, text] of [
      ['stdout', 'out\n'],
      ['stderr', 'err\n'],
    ] as const) {
      const [name = ''] = await until(`${stream} is in its log`, () => {
        const found = readdirSync(agent.folder).filter((file) => named(stream).test(file));
        return found.length === 1 && agent.read(found[0] ?? '') === text && found;
      });
      expect(statSync(agent.path(name)).mode & 0o777).toBe(0o600);
    }
  });

  it('are one file in order with redirect_stderr, and none where the config says NONE', async () => {
    const script = 'echo 1; echo 2 >&2; echo 3; echo 4 >&2; printf 5; exit 0';
    await using agent = await LoneAgent.start(
      `[program:one]\ncommand=/bin/sh -c '${script}'\nstartsecs=0\nredirect_stderr=true\nstdout_logfile=one.log\n
[program:none]\ncommand=/bin/sh -c '${script}'\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=none.err\n`,
    );
    await agent.says(/^exited: one \(exit status 0; expected\)$/);
    await agent.says(/^exited: none \(exit status 0; expected\)$/);
    expect(agent.read('one.log')).toBe('1\n2\n3\n4\n5');
    expect(agent.read('none.err')).toBe('2\n4\n');
    expect(
      readdirSync(agent.folder)
        .filter((name) => /---|\.log$/.test(name))
        .toSorted(),
    ).toEqual(['one.log', 'supervisord.log']);
  });

  it('open as /dev/stdout and /dev/stderr inside the program, whoever runs it', async () => {
    await using agent = await LoneAgent.start(`
[program:dev]
command=/bin/sh -c 'echo "to stdout" > /dev/stdout; echo "to stderr" > /dev/stderr; exec sleep 1000'
user=${otherUser}
directory=/
stdout_logfile=dev.out
stderr_logfile=dev.err
`);
    await until('both have arrived', () => agent.read('dev.out') !== '' && agent.read('dev.err') !== '');
    expect(agent.read('dev.out')).toBe('to stdout\n');
    expect(agent.read('dev.err')).toBe('to stderr\n');
  });

  it('may be the standard output of the agent, as in containers', async () => {
    await using agent = new LoneAgent(
      `[program:say]\ncommand=/bin/sh -c 'echo for the container; exec sleep 1000'
stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0\nredirect_stderr=true\n`,
      { daemon: 'silent=true' },
    );
    execFileSync('mkfifo', [agent.path('container')]);
    const container = launch('cat', [agent.path('container')]);
    agent.launch({ through: ['/bin/sh', '-c', 'exec "$@" > container', 'sh'] });
    await until('it has arrived', () => container.stdout() === 'for the container\n');
    await agent.end();
    expect((await container.ended).stdout).toBe('for the container\n');
  });

  it('rotate without the loss of a byte, across restarts of the program', async () => {
    const count = 20_000;
    await using agent = await LoneAgent.start(
      `[program:flood]\ncommand=${numbers(count, 0)}\nstartsecs=0\nautorestart=unexpected\nexitcodes=99
stdout_logfile=flood.log\nstdout_logfile_maxbytes=20KB\nstdout_logfile_backups=60\n`,
    );
    await agent.says(/^exited: flood \(exit status 0; not expected\)$/, 2);
    await agent.end();
    const names = readdirSync(agent.folder).filter((name) => /^flood\.log\.\d+$/.test(name));
    expect(names.length).toBeGreaterThan(2);
    const backups = names.map((name) => Number(name.slice('flood.log.'.length))).toSorted((a, b) => b - a);
    expect(backups[0]).toBe(backups.length);
    const all = [...backups.map((number) => agent.read(`flood.log.${number}`)), agent.read('flood.log')].join('');
    expect(all.startsWith(countTo(count).repeat(2))).toBe(true);
  });

  it('keep only as many backups as asked for', async () => {
    await using agent = await LoneAgent.start(
      `[program:flood]\ncommand=${numbers(0, 1)}\nstdout_logfile=flood.log\nstdout_logfile_maxbytes=100\nstdout_logfile_backups=2\n`,
    );
    await until('200 lines have been written', () => Number(/^\d+/.exec(agent.read('flood.log.2'))?.[0]) > 200);
    expect(readdirSync(agent.folder).filter((name) => /^flood\.log/.test(name)).length).toBeLessThanOrEqual(3);
    expect(statSync(agent.path('flood.log.1')).size).toBeGreaterThanOrEqual(100);
  });

  it('are opened anew on SIGUSR2, after whoever moved them, without the loss of a line', async () => {
    await using agent = await LoneAgent.start(
      `[program:count]\ncommand=${numbers(0, 5)}\nstdout_logfile=count.log\nredirect_stderr=true\n`,
    );
    await until('it counts', () => agent.read('count.log').length > 20);
    renameSync(agent.path('count.log'), agent.path('count.log.old'));
    renameSync(agent.path('supervisord.log'), agent.path('supervisord.log.old'));
    const moved = agent.read('count.log.old').length;
    await until('writing goes on to the moved file', () => agent.read('count.log.old').length > moved);
    agent.kill('SIGUSR2');
    await until('there is a new file', () => agent.read('count.log').length > 20);
    await agent.end();
    expect(agent.read('supervisord.log.old')).toMatch(
      / received SIGUSR2 indicating log reopen request\n.* supervisord logreopen\n$/,
    );
    expect(agent.messages()).toContain('received SIGTERM indicating exit request');
    const all = agent.read('count.log.old') + agent.read('count.log');
    expect(all).toBe(countTo(all.split('\n').length - 1));
  });

  it('hold every line in order that a program wrote before it ended', async () => {
    const count = 30_000;
    await using agent = await LoneAgent.start(
      `[program:flood]\ncommand=${numbers(count, 0)}\nstartsecs=0\nstdout_logfile=flood.log\n`,
    );
    await agent.says(/^exited: flood \(exit status 0; expected\)$/);
    expect(agent.read('flood.log') === countTo(count)).toBe(true);
  });
});
