/** An agent that is not replaced, because what is to take its place cannot: it says why, and nothing has changed. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { eventsOf, listener } from '../support/listener.ts';
import { inheritable, isAlive } from '../support/proc.ts';
import { bin, type Ended, runToEnd } from '../support/program.ts';
import { call, callAt, processInfo, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, spoilAfterSelfcheck, upgrade } from '../support/versions.ts';

const web = '[program:web]\ncommand=sleep 1000\nstartsecs=0\n';

/** By its own door. */
const ask = (agent: LoneAgent, method: string, ...params: readonly string[]) =>
  callAt({ socketPath: agent.path('data/control.sock') }, method, ...params);

/** All that could tell of an upgrade that was begun. */
async function traces(agent: LoneAgent) {
  const { failures, lastFailure, ...life } = (await ask(agent, 'fleet.getLife')) as Record<string, unknown>; // a struct by contract
  const files = readdirSync(agent.path('data')).filter((name) => !name.startsWith('agent.db'));
  return { life, files, pids: agent.pidsOf('web') };
}

describe.concurrent('what is to take the place of an agent', () => {
  it('must be a fleet-agent', async () => {
    await using agent = await LoneAgent.start(served + web);
    const pid = await agent.pidOf('web');
    // Only whoever may enter the data folder can ask for it.
    expect(await call(agent, 'fleet.upgrade', bin('fleet-agent'))).toMatch(/UNKNOWN_METHOD/);
    const before = await traces(agent);
    agent.write('no-program', 'x');
    mkdirSync(agent.path('folder'));
    const script = (name: string, line: string) => {
      agent.write(name, `#!/bin/sh\n${line}\n`, 0o755);
      return agent.path(name);
    };
    const cases: readonly (readonly [string, RegExp])[] = [
      ['/bin/true', /the selfcheck of \/bin\/true failed: it is no fleet-agent that can take over from a running one/],
      ['/bin/false', /the selfcheck of \/bin\/false failed: it ended with exit code 1/],
      [script('says-something', 'echo \'{"version": 1}\''), /says-something failed: it is no fleet-agent/],
      [script('complains', 'echo "what is selfcheck?" >&2; exit 2'), /complains failed: what is selfcheck\?/],
      [script('dies', 'kill -9 $$'), /dies failed: it was killed by SIGKILL/],
      [script('never-ends', 'exec yes'), /never-ends failed: it printed more than 1048576 bytes/],
      [bin('fleetctl'), /the selfcheck of \S+fleetctl failed: .*selfcheck/],
      [agent.path('nowhere'), /cannot run \S+nowhere: ENOENT/],
      [agent.path('no-program'), /cannot run \S+no-program: EACCES/],
      [agent.path('folder'), /cannot run \S+folder: it is no file/],
    ];
    for (const [launcher, reason] of cases) {
      expect(await ask(agent, 'fleet.upgrade', launcher)).toMatch(reason);
      const ended = await runToEnd(bin('fleet-agent'), ['upgrade', launcher, '--data-dir', 'data'], {
        cwd: agent.folder,
      });
      expect(ended).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringMatching(reason) });
    }
    expect(await ask(agent, 'fleet.upgrade', 'bin/fleet-agent')).toMatch(/name it by a path that begins with \//);
    expect(await traces(agent)).toEqual(before);
    expect(isAlive(pid)).toBe(true);
    await agent.says(/^not replaced: the selfcheck of \/bin\/true failed: .*; everything goes on as it was$/, 2);
    // None of it is in the way of one that can.
    expect(await upgrade(agent, anotherVersion(agent))).toMatchObject({ code: 0, stderr: '' });
  });

  it('may be named by a path that is relative for whoever asks', async () => {
    await using agent = await LoneAgent.start(web);
    anotherVersion(agent);
    const launcher = 'version-9.9.9/packages/agent/bin/fleet-agent';
    const ended = await runToEnd(bin('fleet-agent'), ['upgrade', launcher, '--data-dir', 'data'], {
      cwd: agent.folder,
    });
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(' -> 9.9.9 in ') });
  });

  it('may turn out to be gone in the last moment: nothing has changed, and it is told at once, however often', async () => {
    const sections =
      served +
      listener('ears', 'PROCESS_STATE') +
      '[program:cat]\ncommand=cat\nstartsecs=0\nstdout_logfile=%(here)s/cat.log\n' +
      '[program:web]\ncommand=sleep 1000\nstartsecs=0\nautostart=false\n';
    await using agent = await LoneAgent.start(sections);
    const launcher = anotherVersion(agent);
    spoilAfterSelfcheck(launcher, agent.path('spoil'));
    agent.write('spoil', '');
    await typeTo(agent, 'cat', 'one\n');
    const before = { pid: agent.pid, cat: await agent.pidOf('cat'), ears: await agent.pidOf('ears') };
    for (const count of [1, 2]) {
      chmodSync(launcher, 0o755);
      const reason = /^Error: not replaced: cannot run \S+: EACCES.*; everything runs on as it was\n$/;
      const ended = runToEnd(bin('fleet-agent'), ['upgrade', launcher, '--data-dir', 'data'], { cwd: agent.folder });
      let told: Ended | undefined;
      ended.then((end) => (told = end)).catch(() => undefined);
      // It gives up after 30 s where it does not see that there is nothing to wait for.
      await until('it is told', () => told, 15_000);
      expect(told).toMatchObject({ code: 1, stderr: expect.stringMatching(reason) });
      expect(await ask(agent, 'fleet.getLife')).toMatchObject({ failures: count });
      expect(inheritable(agent.pid)).toEqual([]);
    }
    expect(readdirSync(agent.path('data')).filter((name) => /handover|upgrade|selfcheck/.test(name))).toEqual([]);
    // All that had been handed over already is where it was.
    await typeTo(agent, 'cat', 'two\n');
    await until('cat has read it', () => agent.read('cat.log') === 'one\ntwo\n');
    await call(agent, 'supervisor.startProcess', 'web');
    await until('ears has heard of it', () => eventsOf(agent, 'ears').some(({ payload }) => payload.includes(':web ')));
    expect(await processInfo(agent, 'cat')).toMatchObject({ pid: before.cat, statename: 'RUNNING' });
    expect([agent.pid, await agent.pidOf('ears')]).toEqual([before.pid, before.ears]);
    // And it can be replaced as ever.
    rmSync(agent.path('spoil'));
    chmodSync(launcher, 0o755);
    expect(await upgrade(agent, launcher)).toMatchObject({ code: 0, stderr: '' });
    expect((await processInfo(agent, 'cat')).pid).toBe(before.cat);
  });
});
