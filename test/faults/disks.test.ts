/** Disks that fill up under the controller and under an agent, and what is on them that cannot be read. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';
import { isAlive } from '../support/proc.ts';
import { bin, runToEnd } from '../support/program.ts';
import { until } from '../support/until.ts';
import { FaultyFleet } from './faulty-fleet.ts';
import { describeUnless } from './skip-loudly.ts';
import { SmallDisk, whyNoSmallDisk } from './small-disk.ts';

async function readiness({ ports }: TestFleet): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${ports.http}/readyz`);
  return { status: answer.status, text: await answer.text() };
}

/** Ends the newest run of a program from outside and waits for the next one. */
async function crashOnce(faulty: FaultyFleet, host: string, program: string): Promise<void> {
  const before = faulty.runs(host, program).length;
  faulty.killProgram(host, program);
  await until(`${program} runs again on ${host}`, () => faulty.runs(host, program).length > before);
}

describeUnless(whyNoSmallDisk, "the controller's disk", () => {
  it('may be full: everything can be read and goes on, nothing is acknowledged, and all is written once there is room', async () => {
    await using faulty = await FaultyFleet.start({
      hosts: 2,
      programsPerHost: 3,
      smallDisk: { folder: 'controller', mib: 24 },
    });
    const { fleet, disk } = faulty;
    disk.fill();
    await until('the controller says that it is not ready', async () => (await readiness(fleet)).status === 503);
    expect((await readiness(fleet)).text).toMatch(/controller\.db: the disk is full; free space on/);

    await crashOnce(faulty, 'h1', 'd1');
    const pid = faulty.runs('h1', 'd1').at(-1)?.pid;
    await until('status shows what is so', async () => (await fleet.ctl('status')).stdout.includes(`pid ${pid},`));
    const refused = await fleet.ctl('restart', 'd1', '--host', 'h1');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^fleetctl: cannot write .*controller\.db: the disk is full; free space on/);
    expect(isAlive(pid ?? 0)).toBe(true);
    expect((await fleet.ctl('events', '-n', '1')).code).toBe(0);
    // One that comes now is not taken in: the controller could not remember it.
    await fleet.end('h2');
    const h2 = fleet.restartAgent(faulty.hosts[1] ?? { name: 'h2' });
    await until('the agent says why it is not connected', () => /not connected.*the disk is full/.test(h2.stdout()));
    await until('its programs run all the same', () => faulty.runs('h2', 'd1').at(-1)?.code === undefined);

    disk.empty();
    await fleet.allOnline(faulty.names, 40_000);
    expect((await readiness(fleet)).status).toBe(200);
    await faulty.rest();
    expect(await faulty.lastingFaults()).toEqual([]);
    expect(fleet.program('controller').stdout()).toMatch(/the store takes writes again/);
  }, 90_000);

  it('may be full when it stops and when it starts: it stops in order, and says why it does not start', async () => {
    await using fleet = new TestFleet();
    using disk = new SmallDisk(join(fleet.folder, 'controller'), 24);
    await fleet.startController();
    disk.fill();
    expect((await fleet.end('controller')).code).toBe(0);
    const failed = await runToEnd(bin('fleet-controller'), controllerArgs(fleet));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^fleet-controller: cannot write .*: the disk is full.*free space/);
    disk.empty();
    await fleet.startController();
    expect((await readiness(fleet)).status).toBe(200);
  }, 60_000);

  it('may be mounted read-only: it says so and does not start', async () => {
    await using fleet = new TestFleet();
    using disk = new SmallDisk(join(fleet.folder, 'controller'), 24);
    await fleet.startController();
    await fleet.end('controller');
    disk.remount('ro');
    const failed = await runToEnd(bin('fleet-controller'), controllerArgs(fleet));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^fleet-controller: cannot .*\/controller.*(read-only|writable)/);
    disk.remount('rw');
    await fleet.startController();
  }, 60_000);
});

describeUnless(whyNoSmallDisk, "an agent's disk", () => {
  it('may be full: it supervises, obeys and reports, and its events come once there is room', async () => {
    await using faulty = await FaultyFleet.start({
      hosts: 1,
      programsPerHost: 3,
      smallDisk: { folder: 'h1/data', mib: 8 },
    });
    const { fleet, disk } = faulty;
    disk.fill();
    await crashOnce(faulty, 'h1', 'd1');
    await until('the agent says that its disk is full', () =>
      /agent\.db.*free space/.test(fleet.program('h1').stdout()),
    );
    const pid = faulty.runs('h1', 'd1').at(-1)?.pid;
    await until('status shows what is so', async () => (await fleet.ctl('status')).stdout.includes(`pid ${pid},`));
    const restarted = await fleet.ctl('restart', 'd2', '--host', 'h1');
    expect([restarted.code, restarted.stdout]).toEqual([0, expect.stringContaining('started')]);
    disk.empty();
    await faulty.rest();
    expect(await faulty.lastingFaults()).toEqual([]);
  }, 90_000);
});

describeUnless(whyNoSmallDisk, 'the disk of an agent that is killed', () => {
  it('may be full: the next one goes on all the same, and writes down once there is room', async () => {
    await using fleet = new TestFleet();
    using disk = new SmallDisk(join(fleet.folder, 'h1/data'), 8);
    await fleet.startController();
    const h1 = { name: 'h1', conf: '[program:web]\ncommand=sleep 1000\nstartsecs=0\nautorestart=true\n' };
    fleet.startAgent(h1);
    const killAgent = async () => {
      await fleet.end('h1', 'SIGKILL');
      const next = fleet.restartAgent(h1);
      await until('it has started', () => next.stdout().includes('supervisord started with pid'));
      return next;
    };
    const isTold = (text: string) =>
      /CRIT cannot write the data folder .*free space.* supervised all the same/.test(text);
    const first = await fleet.pidOf('h1/web:web');
    disk.fill();
    const second = await killAgent();
    expect([isTold(second.stdout()), /^Warning: .*data folder/.test(second.stderr())]).toEqual([true, true]);
    expect(await fleet.pidOf('h1/web:web')).toBe(first);
    process.kill(first, 'SIGKILL');
    const pid = await fleet.pidOf('h1/web:web', 'RUNNING', first);
    await killAgent(); // what it had not written down is found all the same
    expect(await fleet.pidOf('h1/web:web')).toBe(pid);

    disk.empty();
    await until('the crash is known', async () => {
      const { crashes } = (await fleet.rest('crashes')) as { crashes: { pid: number }[] }; // the documented shape
      return crashes.some((crash) => crash.pid === first);
    });
    const last = await killAgent();
    expect(isTold(last.stdout())).toBe(false);
    expect(await fleet.pidOf('h1/web:web')).toBe(pid);
    expect(isAlive(pid)).toBe(true);

    // With nothing left to supervise it is refused.
    await fleet.end('h1');
    disk.fill();
    const refused = await fleet.restartAgent(h1).ended;
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^Error: cannot write the data folder/)]);
  }, 90_000);
});

function controllerArgs(fleet: TestFleet): readonly string[] {
  const { api, link, http } = fleet.ports;
  return ['run', '--data', join(fleet.folder, 'controller'), '--api', api, '--link', link, '--http', http];
}
