/** The way back from a version that dies young, and where there is none. As a service manager has it: by a link. */
import { realpathSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../packages/agent/src/state/migrations/all.ts';
import { LoneAgent } from '../support/agent.ts';
import { isAlive, procStat } from '../support/proc.ts';
import { bin } from '../support/program.ts';
import { processInfo, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import {
  addMigration,
  anotherVersion,
  changeConfigForm,
  NEXT,
  replacedBy,
  upgrade,
  whenItTakesOver,
} from '../support/versions.ts';

const web = '[program:web]\ncommand=sleep 1000\nstartsecs=0\n';

function install(agent: LoneAgent, launcher: string): string {
  rmSync(agent.path('installed'), { force: true });
  symlinkSync(launcher, agent.path('installed'));
  return agent.path('installed');
}

const diedYoung = /^fleet-agent 9\.9\.9 \(.*\) died before it had run for 10 s; \S+ runs again$/;
const noWayBack = /^there is no way back: /m;

describe.concurrent('an agent whose new version dies young', () => {
  it('comes back as it was', async () => {
    await using agent = await LoneAgent.start(served + web);
    const pid = await agent.pidOf('web');
    const installed = install(agent, anotherVersion(agent));
    expect(await upgrade(agent, installed)).toMatchObject({ code: 0, stdout: expect.not.stringMatching(noWayBack) });
    await agent.crash();
    agent.launch({ launcher: installed });
    await agent.says(diedYoung);
    await agent.says(/^fleet-agent 9\.9\.9 ended without stopping its programs: 1 program runs on/);
    expect((await processInfo(agent, 'web')).pid).toBe(pid);
  });

  it('comes back to a database that the new one has changed, where that allows it', async () => {
    await using agent = await LoneAgent.start(served + web);
    const pid = await agent.pidOf('web');
    const next = anotherVersion(agent);
    addMigration(next, migrations.length);
    const installed = install(agent, next);
    expect(await upgrade(agent, installed)).toMatchObject({ code: 0, stdout: expect.not.stringMatching(noWayBack) });
    await agent.crash();
    agent.launch({ launcher: installed });
    await agent.says(diedYoung);
    expect((await processInfo(agent, 'web')).pid).toBe(pid);
    // Forth again, with the database as the older one has left it.
    expect(await upgrade(agent, installed)).toMatchObject({ code: 0, stderr: '' });
    await agent.says(replacedBy(NEXT), 2);
    expect((await processInfo(agent, 'web')).pid).toBe(pid);
  });

  it('comes back where the new one finds a mistake, after which a service manager would try no more', async () => {
    await using agent = new LoneAgent(served + web);
    const installed = install(agent, realpathSync(bin('fleet-agent')));
    const first = agent.launch({ launcher: installed });
    const pid = await agent.pidOf('web');
    await agent.says(/^supervisord started with pid/);
    const next = anotherVersion(agent);
    // It reads the file, which is sound when it is looked at, and broken a moment later.
    changeConfigForm(next);
    whenItTakesOver(next, `echo "[program:web]" >${agent.path('supervisord.conf')}`);
    install(agent, next);
    expect(await upgrade(agent, installed)).toMatchObject({ code: 1 });
    // 2 is for mistakes (RestartPreventExitStatus=2 of the unit): here the next start is the old version's.
    expect(await first.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('supervisord.conf has') });
    agent.launch({ launcher: installed });
    await agent.says(diedYoung);
    await agent.says(/^programs of an agent that was killed run on: going on with the configuration that was in force/);
    expect(await processInfo(agent, 'web')).toMatchObject({ pid, statename: 'RUNNING' });
  });

  it('comes back in the background, to whoever started it there', async () => {
    await using agent = new LoneAgent(served + web, {
      daemon: 'logfile=%(here)s/supervisord.log\npidfile=%(here)s/pid',
    });
    const installed = install(agent, realpathSync(bin('fleet-agent')));
    const start = () =>
      agent.runToEnd({ launcher: installed, args: ['supervisord', '-c', 'supervisord.conf', '--data-dir', 'data'] });
    const stands = { code: 0, signal: null, stdout: '', stderr: '' };
    expect(await start()).toEqual(stands);
    const pid = await agent.pidOf('web');
    install(agent, anotherVersion(agent));
    expect(await upgrade(agent, installed)).toMatchObject({ code: 0, stderr: '' });
    process.kill(Number(agent.read('pid')), 'SIGKILL');
    await until('it has died', () => !isAlive(Number(agent.read('pid'))));
    expect(await start()).toEqual(stands);
    await agent.says(diedYoung);
    const daemon = Number(agent.read('pid'));
    expect(await processInfo(agent, 'web')).toMatchObject({ pid, statename: 'RUNNING' });
    // One process, and no second one in its place: the one that was started, under the version before.
    expect(agent.alive().toSorted()).toEqual([pid, daemon].toSorted());
    expect(procStat(daemon)).toMatchObject({ session: daemon });
    process.kill(daemon, 'SIGTERM');
    await until('it has ended', () => !isAlive(daemon));
    expect(agent.alive()).toEqual([]);
  });

  it('is told beforehand that there is no way back, where the old one could not read what the new one writes', async () => {
    await using agent = await LoneAgent.start(served + web);
    const pid = await agent.pidOf('web');
    const next = anotherVersion(agent);
    addMigration(next, migrations.length + 1);
    const installed = install(agent, next);
    expect(await upgrade(agent, installed)).toMatchObject({ code: 0, stdout: expect.stringMatching(noWayBack) });
    await agent.crash();
    // Whoever tries it all the same is told what is in the way, and nothing is harmed.
    const tried = await agent.runToEnd({ launcher: bin('fleet-agent') });
    expect(tried).toMatchObject({ code: 1, stderr: expect.stringContaining('a newer fleet-agent wrote it (schema') });
    agent.launch({ launcher: installed });
    await agent.says(/^fleet-agent 9\.9\.9 ended without stopping its programs: 1 program runs on/);
    expect((await processInfo(agent, 'web')).pid).toBe(pid);
  });
});
