/** Agents that are replaced where they stand: as the first process of a container, and in the background. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { childrenOf, isAlive, procStat, statusLine, workingDirectory, zombiesOf } from '../support/proc.ts';
import { call, processInfo, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, NEXT, replacedBy, upgrade } from '../support/versions.ts';

const program = (name: string, command: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=${command}\nstartsecs=0\n${options.join('\n')}\n\n`;

const asFirst = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'];
const mayUnshare = spawnSync('unshare', [...asFirst.slice(1), 'true']).status === 0;
if (!mayUnshare) process.stderr.write('SKIPPED: being process number 1 can only be tested where unshare is allowed\n');

async function replace(agent: LoneAgent, number = NEXT): Promise<void> {
  expect(await upgrade(agent, anotherVersion(agent, number))).toMatchObject({ code: 0, stderr: '' });
  await agent.says(replacedBy(number));
}

describe.concurrent('an agent that is replaced', () => {
  it.skipIf(!mayUnshare)('as process number 1 reaps what it has inherited, its own and orphans alike', async () => {
    // Each leaves one behind that ends when it is told to, and whose end nobody but number 1 can see.
    const leaves = (file: string, code: number) =>
      `(trap "" HUP; while [ ! -e ${file} ]; do sleep 0.02; done; exit ${code}) >/dev/null 2>&1 &`;
    await using agent = new LoneAgent(
      served +
        program('left', `/bin/sh -c '${leaves('before', 21)} ${leaves('after', 22)} exit 0'`, 'autorestart=false') +
        program('inherited', `/bin/sh -c 'while [ ! -e go ]; do sleep 0.02; done; exit 7'`, 'autorestart=false') +
        program('talk', 'cat', 'stdout_logfile=%(here)s/talk.log'),
    );
    const around = agent.launch({ through: asFirst });
    await agent.says(/^exited: left \(exit status 0; expected\)$/);
    const [first = 0] = await until('the agent runs in there', () => childrenOf(around.pid));
    expect(statusLine(first, 'NSpid')).toMatch(/\s1$/);
    const orphanEnds = (code: number) => agent.says(new RegExp(`^reaped unknown pid \\d+ \\(exit status ${code}\\)$`));
    agent.write('before', '');
    await orphanEnds(21);
    await replace(agent);
    expect(childrenOf(around.pid)).toEqual([first]);
    agent.write('after', '');
    await orphanEnds(22);
    agent.write('go', '');
    await agent.says(/^exited: inherited \(exit status 7; not expected\)$/);
    await typeTo(agent, 'talk', 'still here\n');
    await until('talk has read it', () => agent.read('talk.log') === 'still here\n');
    // Children of the new life are Node's own again.
    await call(agent, 'supervisor.startProcess', 'left');
    await agent.says(/^exited: left \(exit status 0; expected\)$/, 2);
    await until('nobody waits to be reaped', () => zombiesOf(first).length === 0);
    process.kill(first, 'SIGTERM');
    expect((await around.ended).code).toBe(0);
    expect(agent.messages()).toContain('stopped: talk (terminated by SIGTERM)');
  });

  it('in the background stays what it is: its pidfile, its folder, HUP and TERM', async () => {
    await using agent = new LoneAgent(served + program('web', 'sleep 1000'), {
      daemon: 'umask=027\ndirectory=/usr\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid',
    });
    const start = ['supervisord', '-c', 'supervisord.conf', '--data-dir', 'data'];
    expect(await agent.runToEnd({ args: start })).toMatchObject({ code: 0, stderr: '' });
    const pid = Number(agent.read('supervisord.pid'));
    const web = await agent.pidOf('web');
    // Twice: what the first one has made of its surroundings is what the second one finds.
    for (const number of [NEXT, '9.9.10']) {
      await replace(agent, number);
      expect(Number(agent.read('supervisord.pid'))).toBe(pid);
      expect(await call(agent, 'supervisor.getPID')).toBe(pid);
      expect(procStat(pid)).toMatchObject({ session: pid });
      expect([statusLine(pid, 'Name'), statusLine(pid, 'Umask'), workingDirectory(pid)]).toEqual([
        'supervisord',
        '0027',
        '/usr',
      ]);
      expect((await processInfo(agent, 'web')).pid).toBe(web);
    }
    expect(agent.messages().filter((text) => text.startsWith('daemonizing'))).toHaveLength(1);

    process.kill(pid, 'SIGHUP');
    await agent.says(/^received SIGHUP indicating restart request$/);
    const anew = await agent.pidOf('web', 2);
    expect([statusLine(anew, 'Umask'), workingDirectory(anew)]).toEqual(['0027', '/usr']);
    expect(Number(agent.read('supervisord.pid'))).toBe(pid);

    process.kill(pid, 'SIGTERM');
    await until('the daemon has ended', () => !isAlive(pid));
    expect(agent.read('supervisord.pid')).toBe('');
    expect(agent.alive()).toEqual([]);
    expect(readdirSync(agent.path('data')).filter((name) => /handover|upgrade/.test(name))).toEqual([]);
  });
});
