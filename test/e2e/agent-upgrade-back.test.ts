/** The way back from a version that dies young, and where there is none. As a service manager has it: by a link. */
import { rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../packages/agent/src/state/migrations/all.ts';
import { LoneAgent } from '../support/agent.ts';
import { bin } from '../support/program.ts';
import { processInfo, served } from '../support/rpc.ts';
import { addMigration, anotherVersion, NEXT, replacedBy, upgrade } from '../support/versions.ts';

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
