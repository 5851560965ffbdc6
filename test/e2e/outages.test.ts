/** What happens when something is away: the controller, an agent, a link. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';
import { childrenOf, commandLine, isAlive } from '../support/proc.ts';
import { until } from '../support/until.ts';

const conf = '[program:cat]\ncommand=/bin/cat\n';
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start([
    { name: 'web1', group: 'web', conf },
    { name: 'web2', group: 'web', conf },
  ]);
}, 60_000);

afterAll(() => fleet?.[Symbol.asyncDispose]());

describe('outages', () => {
  it('loses nothing over a restart of the controller: history, files, hosts; agents return by themselves', async () => {
    const pid = await fleet.pidOf('web1/cat:cat');
    process.kill(pid, 'SIGKILL');
    const pidNow = await fleet.pidOf('web1/cat:cat', 'RUNNING', pid);
    await until('the crash is stored', async () => ((await fleet.rest('crashes')).crashes as unknown[]).length === 1);
    const before = (await fleet.rest('events?limit=1000')).events as { position: number }[];
    await fleet.end('controller', 'SIGKILL');
    const away = await fleet.ctl('status');
    expect(away.code).toBe(1);
    expect(away.stderr).toContain(fleet.ports.api);
    // A crash that no controller sees.
    process.kill(pidNow, 'SIGKILL');
    const agent = fleet.program('web1').pid;
    const missed = await until('cat is back without a controller', () =>
      childrenOf(agent).find((child) => child !== pidNow && commandOf(child) === '/bin/cat'),
    );
    await fleet.startController();
    await fleet.allOnline(['web1', 'web2']);
    const after = (await fleet.rest('events?limit=1000')).events as { position: number }[];
    const kept = new Set(after.map((event) => event.position));
    expect(before.every((event) => kept.has(event.position))).toBe(true);
    expect(isAlive(missed)).toBe(true);
    await until('what happened meanwhile is stored too', async () => {
      return ((await fleet.rest('crashes')).crashes as unknown[]).length === 2;
    });
  });

  it('shows a host that is gone at once, and commands to it fail at once', async () => {
    await fleet.pidOf('web2/cat:cat');
    await fleet.end('web2', 'SIGKILL');
    const begun = process.hrtime.bigint();
    const offline = await until('the host is seen to be gone', async () => {
      const done = await fleet.ctl('restart', 'cat', '--group', 'web');
      return done.code !== 0 && done;
    });
    // The one trouble is a host that cannot be reached.
    expect(offline.code).toBe(8);
    expect(offline.stdout + offline.stderr).toMatch(/web2.*not connected/);
    expect(offline.stdout).toMatch(/web1.*started/);
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(15_000);
    const only = await fleet.ctl('restart', 'cat', '--host', 'web2');
    expect(only.code).toBe(8);
    const status = await fleet.ctl('status', '--host', 'web2');
    expect(status.stdout).not.toMatch(/cat +RUNNING +pid \d+, uptime [\d:]+$/m);
    await until('its processes are UNKNOWN', async () =>
      /web2 +cat +UNKNOWN +last seen RUNNING/.test((await fleet.ctl('status', '--host', 'web2')).stdout),
    );
  });

  it('gives a host that was offline at a push its config when it returns', async () => {
    const path = join(fleet.folder, 'late.conf');
    writeFileSync(path, '[program:late]\ncommand=sleep 1000\n\n[program:held]\ncommand=sleep 2000\n');
    const push = await fleet.ctl('config', 'push', path, '--group', 'web');
    expect(push.stdout + push.stderr).toMatch(/web2/);
    await fleet.pidOf('web1/late:late');
    fleet.restartAgent({ name: 'web2', group: 'web', conf });
    await fleet.allOnline(['web2']);
    await fleet.pidOf('web2/late:late');
  });

  it('goes on supervising while the link is killed, and comes back', async () => {
    const agent = fleet.program('web1').pid;
    const cat = await fleet.pidOf('web1/cat:cat');
    const link = childrenOf(agent).find((pid) => pid !== cat && commandOf(pid).includes('fleet-agent-link'));
    expect(link).toBeDefined();
    process.kill(link ?? 0, 'SIGKILL');
    await until('another link runs', () =>
      childrenOf(agent).some((pid) => pid !== link && commandOf(pid).includes('fleet-agent-link')),
    );
    await fleet.allOnline(['web1']);
    expect(isAlive(cat)).toBe(true);
    expect(await fleet.pidOf('web1/cat:cat')).toBe(cat);
  });

  it('boots without a controller: what the fleet gave a host last runs; after a crash without what was stopped by hand', async () => {
    await fleet.pidOf('web1/late:late');
    await fleet.end('controller', 'SIGKILL');
    const options = { name: 'web1', group: 'web', conf };
    const commandsOf = (pid: number) => childrenOf(pid).map(commandOf);
    await fleet.end('web1');
    const rebooted = fleet.restartAgent(options);
    await until('both programs of the fleet run', () => {
      return ['sleep 1000', 'sleep 2000'].every((command) => commandsOf(rebooted.pid).includes(command));
    });
    await until('it says that it has no controller', () => /not connected/.test(rebooted.stdout()));

    await fleet.startController();
    await fleet.allOnline(['web1', 'web2'], 75_000);
    expect((await fleet.ctl('stop', 'held', '--host', 'web1')).code).toBe(0);
    await fleet.end('controller', 'SIGKILL');
    await fleet.end('web1', 'SIGKILL');
    fleet.restartAgent(options);
    await fleet.startController();
    await fleet.allOnline(['web1', 'web2'], 75_000);
    await fleet.pidOf('web1/late:late');
    expect((await fleet.processes()).get('web1/held:held')?.state).toBe('STOPPED');
  });

  it('ends the link with its engine, and leaves no link behind', async () => {
    const agent = fleet.program('web2').pid;
    const link = childrenOf(agent).find((pid) => commandOf(pid).includes('fleet-agent-link')) ?? 0;
    await fleet.end('web2', 'SIGKILL');
    await until('the link is gone', () => !isAlive(link));
  });
});

function commandOf(pid: number): string {
  return commandLine(pid).join(' ');
}
