/** The main job, end to end, through the three real programs: look, push, see only what changed restart, crash, tail. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';
import { commandLine, environmentOf, isAlive } from '../support/proc.ts';
import { until } from '../support/until.ts';

const cat = '[program:cat]\ncommand=/bin/cat\n\n';
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start([
    { name: 'web1', group: 'web', labels: { region: 'eu' }, conf: cat },
    { name: 'web2', group: 'web', labels: { region: 'us' }, conf: cat },
    { name: 'db1', group: 'db', conf: cat },
  ]);
}, 60_000);

afterAll(() => fleet?.[Symbol.asyncDispose]());

function file(name: string, text: string): string {
  const path = join(fleet.folder, name);
  writeFileSync(path, text);
  return path;
}

const webConf = (jobs: string) => `
[program:api]
command=/bin/sh -c 'echo "api up" >&2; exec sleep 1000'
process_name=%(program_name)s_%(process_num)02d
numprocs=2

[program:worker]
command=/bin/sh -c 'while sleep 0.1; do echo "job ${jobs}"; done'
environment=QUEUE="${jobs}"

[program:mailer]
command=sleep 1000
`;

describe('the main job', () => {
  it('shows the fleet in the words of Supervisor, with the host in front', async () => {
    await fleet.pidOf('web1/cat:cat');
    await fleet.pidOf('web2/cat:cat');
    await fleet.pidOf('db1/cat:cat');
    const status = await fleet.ctl('status');
    expect(status.code).toBe(0);
    for (const host of ['web1', 'web2', 'db1']) {
      expect(status.stdout).toMatch(new RegExp(`^${host} +cat +RUNNING +pid \\d+, uptime 0:00:\\d\\d$`, 'm'));
    }
    const pid = Number(/^web1 +cat +RUNNING +pid (\d+)/m.exec(status.stdout)?.[1]);
    expect(commandLine(pid)).toEqual(['/bin/cat']);
    const hosts = await fleet.ctl('hosts', '-o', 'json');
    expect(JSON.parse(hosts.stdout).hosts).toHaveLength(3);
  });

  it('pushes a config to a host group: its hosts run it, others are not touched', async () => {
    const catOfDb = await fleet.pidOf('db1/cat:cat');
    const push = await fleet.ctl('config', 'push', file('web.conf', webConf('one')), '--group', 'web', '-m', 'first');
    expect(push.stderr + push.stdout).toContain('web1');
    expect(push.code).toBe(0);
    for (const host of ['web1', 'web2']) {
      const pid = await fleet.pidOf(`${host}/worker:worker`);
      expect(environmentOf(pid)).toMatchObject({
        QUEUE: 'one',
        SUPERVISOR_ENABLED: '1',
        SUPERVISOR_PROCESS_NAME: 'worker',
        SUPERVISOR_GROUP_NAME: 'worker',
      });
      await fleet.pidOf(`${host}/api:api_00`);
      await fleet.pidOf(`${host}/api:api_01`);
    }
    const processes = await fleet.processes();
    expect([...processes.keys()].filter((key) => key.startsWith('db1/'))).toEqual(['db1/cat:cat']);
    expect(processes.get('db1/cat:cat')?.pid).toBe(catOfDb);
  });

  it('restarts only what a push changed', async () => {
    const before = await fleet.processes();
    const push = await fleet.ctl('config', 'push', file('web.conf', webConf('two')), '-m', 'second queue');
    expect(push.code).toBe(0);
    for (const host of ['web1', 'web2']) {
      const old = before.get(`${host}/worker:worker`)?.pid ?? 0;
      const pid = await fleet.pidOf(`${host}/worker:worker`, 'RUNNING', old);
      expect(environmentOf(pid)).toMatchObject({ QUEUE: 'two' });
      expect(isAlive(old)).toBe(false);
      for (const kept of ['api:api_00', 'api:api_01', 'mailer:mailer', 'cat:cat']) {
        const keptPid = before.get(`${host}/${kept}`)?.pid ?? 0;
        expect((await fleet.processes()).get(`${host}/${kept}`)?.pid).toBe(keptPid);
        expect(isAlive(keptPid)).toBe(true);
      }
    }
  });

  it('keeps the history of the file and shows what changed', async () => {
    const history = await fleet.ctl('config', 'history', 'web.conf', '-o', 'json');
    expect(JSON.parse(history.stdout).revisions).toHaveLength(2);
    const diff = await fleet.ctl('config', 'diff', 'web.conf', '1', '2');
    expect(diff.code).toBe(2);
    expect(diff.stdout).toContain('+environment=QUEUE="two"');
    const shown = await fleet.ctl('config', 'show', 'web.conf@1');
    expect(shown.stdout).toContain('QUEUE="one"');
    expect(JSON.parse((await fleet.ctl('config', 'list', '-o', 'json')).stdout).configs).toHaveLength(1);
  });

  it('stops and starts by host and by host group', async () => {
    const before = await fleet.processes();
    const pid = (key: string) => before.get(key)?.pid ?? 0;
    const one = await fleet.ctl('stop', 'mailer', '--host', 'web1');
    expect(one.code).toBe(0);
    expect(one.stdout).toMatch(/web1 +mailer +stopped|web1.*mailer: stopped/);
    expect(isAlive(pid('web1/mailer:mailer'))).toBe(false);
    expect(isAlive(pid('web2/mailer:mailer'))).toBe(true);
    const group = await fleet.ctl('stop', 'api:*', '--group', 'web');
    expect(group.code).toBe(0);
    for (const host of ['web1', 'web2']) {
      expect(isAlive(pid(`${host}/api:api_00`))).toBe(false);
      expect(isAlive(pid(`${host}/api:api_01`))).toBe(false);
    }
    expect(isAlive(pid('db1/cat:cat'))).toBe(true);
    expect((await fleet.ctl('status', 'api:*', '--group', 'web')).code).toBe(3);
    expect((await fleet.ctl('start', 'api:*', 'mailer', '--group', 'web')).code).toBe(0);
    const restarted = await fleet.pidOf('web2/api:api_00');
    expect(restarted).not.toBe(pid('web2/api:api_00'));
    expect(isAlive(restarted)).toBe(true);
    expect((await fleet.ctl('start', 'mailer', '--host', 'web1')).code).toBe(0);
  });

  it('chooses hosts by label', async () => {
    const names = await fleet.ctl('status', 'cat', '-l', 'region=eu', '-o', 'name');
    expect(names.stdout.trim()).toBe('web1/cat:cat');
  });

  it('follows a log over hosts', async () => {
    const tail = fleet.ctlFollowing('tail', '-f', 'worker', '--group', 'web');
    await until(
      'lines of both hosts arrive',
      () => /web1.*job two/.test(tail.stdout()) && /web2.*job two/.test(tail.stdout()),
    );
    const seen = tail.stdout().length;
    await until('more lines follow', () => tail.stdout().length > seen + 100);
    tail.kill('SIGINT');
    await tail.ended;
  });

  it('brings a killed program back, twice, and finds both crashes in the central history', async () => {
    for (const time of [1, 2]) {
      const pid = await fleet.pidOf('web1/api:api_00');
      process.kill(pid, 'SIGKILL');
      await fleet.pidOf('web1/api:api_00', 'RUNNING', pid);
      await until(`crash ${time} is in the history`, async () => {
        const { crashes } = JSON.parse((await fleet.ctl('crashes', 'api:api_00', '-o', 'json')).stdout);
        return crashes.length === time;
      });
    }
    const { stdout } = await fleet.ctl('crashes');
    const found = [...stdout.matchAll(/web1 .*api:api_00.*(?:SIG)?KILL/g)];
    expect(found).toHaveLength(2);
    expect(stdout).toMatch(/ran for|after/);
    expect(stdout.match(/api up/g)).toHaveLength(2);
  });

  it('rereads and updates a changed local file: that program alone restarts', async () => {
    const three = (seconds: number) =>
      `${cat}[program:one]\ncommand=sleep 1000\n\n[program:two]\ncommand=sleep ${seconds}\n\n`;
    fleet.writeConf('db1', three(1000));
    expect((await fleet.ctl('update', '--host', 'db1')).stdout).toContain('one: added process group');
    const before = {
      cat: await fleet.pidOf('db1/cat:cat'),
      one: await fleet.pidOf('db1/one:one'),
      two: await fleet.pidOf('db1/two:two'),
    };
    fleet.writeConf('db1', three(2000));
    expect((await fleet.ctl('reread', '--host', 'db1')).stdout).toContain('two: changed');
    const update = await fleet.ctl('update', '--host', 'db1');
    expect(update.code).toBe(0);
    expect(update.stdout).toContain('two: updated process group');
    const two = await fleet.pidOf('db1/two:two', 'RUNNING', before.two);
    expect(commandLine(two)).toEqual(['sleep', '2000']);
    expect(await fleet.pidOf('db1/cat:cat')).toBe(before.cat);
    expect(await fleet.pidOf('db1/one:one')).toBe(before.one);
    expect(isAlive(before.cat) && isAlive(before.one)).toBe(true);
  });

  it('never lets an update of the local layer touch the programs of the fleet', async () => {
    const before = await fleet.pidOf('web1/worker:worker');
    expect((await fleet.ctl('update', '--host', 'web1')).code).toBe(0);
    expect(await fleet.pidOf('web1/worker:worker')).toBe(before);
  });

  it('rolls a file back to an older revision', async () => {
    const old = await fleet.pidOf('web1/worker:worker');
    const back = await fleet.ctl('config', 'rollback', 'web.conf', '1');
    expect(back.code).toBe(0);
    const pid = await fleet.pidOf('web1/worker:worker', 'RUNNING', old);
    expect(environmentOf(pid)).toMatchObject({ QUEUE: 'one' });
  });

  it('tells events in the order they were stored, and follows them', async () => {
    const follow = fleet.ctlFollowing('events', '-f', '-o', 'jsonl');
    expect((await fleet.ctl('restart', 'cat', '--host', 'web2')).code).toBe(0);
    await until('the restart is told', () => /"cat"/.test(follow.stdout()) && /RUNNING/.test(follow.stdout()));
    follow.kill('SIGINT');
    await follow.ended;
    const { events } = (await fleet.rest('events?limit=1000')) as { events: { position: number }[] };
    const positions = events.map((event) => event.position);
    expect(new Set(positions).size).toBe(positions.length);
  });
});
