/** Signals that come while an agent is replaced, where nobody of it is there to hear them: they count all the same. */
import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { isAlive } from '../support/proc.ts';
import { call, processInfo, served } from '../support/rpc.ts';
import { anotherVersion, NEXT, replacedBy, upgrade, whenItIsBack, whenItTakesOver } from '../support/versions.ts';

const web = '[program:web]\ncommand=sleep 1000\nstartsecs=0\n';

describe.concurrent('a signal that comes while an agent is replaced', () => {
  it.each(['TERM', 'INT', 'QUIT'])('SIG%s ends it in order: nobody is left behind', async (signal) => {
    await using agent = await LoneAgent.start(served + web);
    const pid = await agent.pidOf('web');
    const next = anotherVersion(agent);
    whenItTakesOver(next, `kill -${signal} $$`);
    const upgrading = upgrade(agent, next);
    // Of itself: it has been asked for already.
    expect(await agent.end('SIGCONT')).toMatchObject({ code: 0 });
    expect(await upgrading).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: the agent has ended while it was being replaced: /),
    });
    const since = agent.messages().slice(agent.messages().findIndex((text) => replacedBy(NEXT).test(text)));
    expect(since).toContain(`received SIG${signal} indicating exit request`);
    expect(since).toContain('stopped: web (terminated by SIGTERM)');
    expect([isAlive(pid), agent.alive()]).toEqual([false, []]);
  });

  it('SIGHUP and SIGUSR2 are acted on by the new version', async () => {
    await using agent = await LoneAgent.start(served + web);
    const next = anotherVersion(agent);
    whenItTakesOver(next, 'kill -HUP $$; kill -USR2 $$');
    expect(await upgrade(agent, next)).toMatchObject({ code: 0, stderr: '' });
    await agent.says(/^received SIGUSR2 indicating log reopen request$/);
    await agent.says(/^received SIGHUP indicating restart request$/);
    await agent.pidOf('web', 2);
    expect(await call(agent, 'supervisor.getState')).toMatchObject({ statename: 'RUNNING' });
    // What was handed on once is not handed on again.
    expect(await upgrade(agent, anotherVersion(agent, '9.9.10'))).toMatchObject({ code: 0, stderr: '' });
    await agent.says(replacedBy('9.9.10'));
    expect(await processInfo(agent, 'web')).toMatchObject({ pid: await agent.pidOf('web', 2), statename: 'RUNNING' });
    expect(agent.messages().filter((text) => /^received SIG/.test(text))).toHaveLength(2);
  });

  it('SIGTERM ends the old version, too, where that is on its way back', async () => {
    await using agent = new LoneAgent(served + web);
    const [before, after, installed] = [anotherVersion(agent, '9.9.8'), anotherVersion(agent), agent.path('installed')];
    symlinkSync(before, installed);
    const first = agent.launch({ launcher: installed });
    const pid = await agent.pidOf('web');
    await agent.says(/^supervisord started with pid/);
    expect(await upgrade(agent, after)).toMatchObject({ code: 0 });
    await agent.crash();
    await first.ended;
    whenItIsBack(before, 'kill -TERM $$');
    const { code } = await agent.runToEnd({ launcher: after });
    expect(code).toBe(0);
    expect(agent.messages()).toContain('received SIGTERM indicating exit request');
    expect([isAlive(pid), agent.alive()]).toEqual([false, []]);
  });
});
