/** `fleetctl upgrade`: agents of hosts replaced from the middle, and what is told of those where it goes wrong. */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';
import { bin } from '../support/program.ts';
import { until } from '../support/until.ts';
import { installVersion, NEXT, spoilAfterSelfcheck, whenItTakesOver } from '../support/versions.ts';

const conf = '[program:web]\ncommand=sleep 1000\n';

/** A host whose agent is started by a link, as a service manager has it, beside one that is not touched. */
async function startFleet(): Promise<{ fleet: TestFleet; install: (launcher: string) => void; web1: WebHost }> {
  const fleet = new TestFleet();
  const link = join(fleet.folder, 'installed');
  const install = (launcher: string) => {
    rmSync(link, { force: true });
    symlinkSync(launcher, link);
  };
  const web1 = { name: 'web1', conf, launcher: link };
  install(bin('fleet-agent'));
  await fleet.startController();
  fleet.startAgent(web1);
  fleet.startAgent({ name: 'web2', conf });
  await fleet.allOnline(['web1', 'web2']);
  return { fleet, install, web1 };
}

interface WebHost {
  readonly name: string;
  readonly conf: string;
  readonly launcher: string;
}

/** How each life of the agent began. */
async function lifeEvents(fleet: TestFleet): Promise<readonly string[]> {
  const { stdout } = await fleet.ctl('events', '--host', 'web1');
  return stdout.split('\n').filter((line) => /agent \S+ started/.test(line));
}

describe.concurrent('fleetctl upgrade', () => {
  it('replaces the agents of hosts by what is installed there, and tells what came of it', async () => {
    const { fleet, install } = await startFleet();
    await using _ = fleet;
    const before = await fleet.pidOf('web1/web:web');
    install(installVersion(join(fleet.folder, 'next'), NEXT));
    const ended = await fleet.ctl('upgrade', '--host', 'web1', '--yes');
    expect(ended.stdout).toMatch(/^web1 +upgraded from \S+ to 9\.9\.9$/m);
    expect(ended.code).toBe(0);
    // For as long as the new version is on trial.
    expect(ended.stderr).toMatch(/^fleetctl: still waiting: .*\n$/);
    await fleet.allOnline(['web1']);
    expect(await fleet.pidOf('web1/web:web')).toBe(before);
    // Once more it changes nothing; the other host is of what is installed there, too.
    const again = await fleet.ctl('upgrade', '--yes');
    expect(again.stdout).toMatch(/^web1 +is 9\.9\.9 already$/m);
    expect(again.stdout).toMatch(/^web2 +is \S+ already$/m);
    expect(again.code).toBe(0);
    expect(await lifeEvents(fleet)).toHaveLength(2);
  });

  it('tells that a host went on where the new version was gone in the last moment, after the goodbye', async () => {
    const { fleet, install } = await startFleet();
    await using _ = fleet;
    const before = await fleet.pidOf('web1/web:web');
    const next = installVersion(join(fleet.folder, 'next'), NEXT);
    spoilAfterSelfcheck(next, next);
    install(next);
    const ended = await fleet.ctl('upgrade', '--host', 'web1', '--yes');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^web1 +ERROR \(cannot run \S+: EACCES/m);
    const told = async () => (await fleet.ctl('events', '--host', 'web1')).stdout;
    await until('it is told', async () => /not replaced and goes on/.test(await told()));
    expect(await told()).toMatch(
      /agent is stopping: upgrade\n[\s\S]*agent was not replaced and goes on: cannot run \S+: EACCES/,
    );
    expect(await lifeEvents(fleet)).toHaveLength(1);
    await fleet.allOnline(['web1', 'web2']);
    expect(await fleet.pidOf('web1/web:web')).toBe(before);
  });

  it('ends as failed, with the reason, where the new version dies young: the host comes back with the old one', async () => {
    const { fleet, install, web1 } = await startFleet();
    await using _ = fleet;
    const before = await fleet.pidOf('web1/web:web');
    const next = installVersion(join(fleet.folder, 'next'), NEXT);
    whenItTakesOver(next, 'echo no such luck >&2; exit 3');
    install(next);
    const dying = fleet.program('web1');
    const upgrading = fleet.ctl('upgrade', '--host', 'web1', '--yes');
    expect(await dying.ended).toMatchObject({ code: 3, stderr: expect.stringContaining('no such luck') });
    // As a service manager does, which knows the link alone.
    fleet.restartAgent(web1);
    const ended = await upgrading;
    expect(ended.stdout + ended.stderr).toMatch(
      /web1 +.*fleet-agent 9\.9\.9 \(.*\) died before it had run for 10 s; \S+ runs again/,
    );
    expect(ended.code).toBe(1);
    await fleet.allOnline(['web1', 'web2']);
    expect(await fleet.pidOf('web1/web:web')).toBe(before);
    const { stdout } = await fleet.ctl('hosts', '-o', 'json');
    expect(stdout).not.toContain('9.9.9');
    const told = await fleet.ctl('commands', '--host', 'web1');
    expect(told.stdout).toMatch(/upgrade/);
    expect(told.stdout).toMatch(/failed/);

    // It is told once, however often the version that has failed is started.
    await fleet.end('web1', 'SIGKILL');
    fleet.restartAgent(web1);
    await until('it has come back again', async () => (await lifeEvents(fleet)).length === 3);
    expect((await fleet.ctl('events', '--host', 'web1')).stdout.match(/upgrade.*failed|failed.*upgrade/g)).toHaveLength(
      1,
    );
    // What the link leads to is what is installed, though it was the failed version's and the old one runs.
    install(installVersion(join(fleet.folder, 'mended'), '9.9.10'));
    const mended = await fleet.ctl('upgrade', '--host', 'web1', '--yes');
    expect(mended.stdout).toMatch(/^web1 +upgraded from \S+ to 9\.9\.10$/m);
    expect(await fleet.pidOf('web1/web:web')).toBe(before);
  });
});
