/** What a fleet says to mistakes: one clear message (what, where, what to do), a code that is not 0, nothing left behind. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';
import { childrenOf, isAlive } from '../support/proc.ts';
import { bin, type Ended, launch, runToEnd } from '../support/program.ts';
import { until } from '../support/until.ts';

const conf = '[program:cat]\ncommand=/bin/cat\n';
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start([
    { name: 'web1', group: 'web', conf },
    { name: 'db1', group: 'db', conf },
  ]);
  await fleet.pidOf('web1/cat:cat');
}, 60_000);

afterAll(() => fleet?.[Symbol.asyncDispose]());

function file(name: string, text: string | Uint8Array): string {
  const path = join(fleet.folder, name);
  writeFileSync(path, text);
  return path;
}

/** The lines of a complaint, wherever it was printed. */
const words = ({ stdout, stderr }: Ended) => `${stdout}${stderr}`.trim();

describe('names that nothing has', () => {
  it.each([
    { what: 'a host', args: ['status', '--host', 'web9'], says: /no host matches 'web9'.*fleetctl hosts/ },
    { what: 'a pattern of hosts', args: ['restart', 'cat', '--host', 'x*'], says: /no host matches 'x\*'/ },
    { what: 'a host group', args: ['status', '--group', 'nope'], says: /nope/ },
    { what: 'a program', args: ['stop', 'nosuch'], says: /nosuch: ERROR \(no such process\)/ },
    { what: 'a pattern of programs', args: ['start', 'no*'], says: /no\*: ERROR \(no such process\)/ },
    { what: 'a config file', args: ['config', 'show', 'nope.conf'], says: /no config file is called 'nope\.conf'/ },
  ])('$what: says so and ends with 4', async ({ args, says }) => {
    const ended = await fleet.ctl(...args);
    expect(words(ended)).toMatch(says);
    expect(ended.code).toBe(4);
  });

  it('a selector of a push: says so and stores nothing', async () => {
    const ended = await fleet.ctl('config', 'push', file('lost.conf', conf), '--group', 'nope');
    expect(words(ended)).toMatch(/lost\.conf: none of the 2 hosts matches; change the selector/);
    expect(ended.code).toBe(4);
    expect((await fleet.ctl('config', 'show', 'lost.conf')).code).toBe(4);
  });
});

describe('a config with errors', () => {
  const broken = '[program:a]\ncommand=cat\nstartsecs=soon\nautorestart=always\n\n[supervisord]\nlogfile=x\n';

  it('is refused before anything is stored, with all that is wrong and where', async () => {
    const path = file('broken.conf', broken);
    for (const command of [
      ['config', 'validate', path],
      ['config', 'push', path, '--group', 'web'],
    ]) {
      const ended = await fleet.ctl(...command);
      expect(ended.code).not.toBe(0);
      for (const place of ['broken.conf:3:', 'broken.conf:4:', 'broken.conf:6:']) expect(words(ended)).toContain(place);
    }
    expect((await fleet.ctl('config', 'show', 'broken.conf')).code).toBe(4);
  });

  it('is refused by the host alone where only the host can know, and the host keeps what it ran', async () => {
    const good = file('host.conf', '[program:kept]\ncommand=sleep 1000\n');
    expect((await fleet.ctl('config', 'push', good, '--host', 'web1')).code).toBe(0);
    const pid = await fleet.pidOf('web1/kept:kept');
    const bad = file('host.conf', '[program:kept]\ncommand=sleep 2000\nuser=nobody-here\n');
    const ended = await fleet.ctl('config', 'push', bad);
    expect(ended.code).not.toBe(0);
    expect(words(ended)).toMatch(/host\.conf:\d+.*user.*nobody-here/s);
    expect(await fleet.pidOf('web1/kept:kept')).toBe(pid);
    expect(isAlive(pid)).toBe(true);
  });

  it('is refused where the host itself has a program of that name, with both places', async () => {
    const ended = await fleet.ctl('config', 'push', file('clash.conf', conf), '--host', 'db1');
    expect(ended.code).not.toBe(0);
    expect(words(ended)).toMatch(/clash\.conf:1.*supervisord\.conf:\d+/s);
    expect((await fleet.processes()).get('db1/cat:cat')?.state).toBe('RUNNING');
  });
});

describe('somebody who is there already', () => {
  it('holds the name: a second agent is told, stops its programs, and ends', async () => {
    const folder = join(fleet.folder, 'second');
    mkdirSync(folder);
    writeFileSync(join(folder, 's.conf'), `[supervisord]\nlogfile=%(here)s/s.log\npidfile=%(here)s/s.pid\n\n${conf}`);
    const args = ['run', '-c', join(folder, 's.conf'), '--controller', fleet.ports.link, '--name', 'web1'];
    const second = launch(bin('fleet-agent'), [...args, '--data-dir', join(folder, 'data')]);
    const children = await until('its program runs', () => {
      const pids = childrenOf(second.pid);
      return second.stdout().includes("spawned: 'cat'") && pids.length > 0 ? pids : undefined;
    });
    const ended = await second.ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /^Error: .*the name web1 is held by another host.*connected: choose another name.*\n$/,
    );
    expect(children.filter(isAlive)).toEqual([]);
    expect((await fleet.processes()).get('web1/cat:cat')?.state).toBe('RUNNING');
  });

  it('has the port: a second controller is told which, and ends', async () => {
    const { api, link, http } = fleet.ports;
    const ports = ['--api', api, '--link', link, '--http', http];
    const ended = await runToEnd(bin('fleet-controller'), ['run', '--data', join(fleet.folder, 'other'), ...ports]);
    expect(ended.code).toBe(1);
    expect(words(ended)).toContain(link);
    expect(words(ended).split('\n')).toHaveLength(1);
  });

  it('has the data folder: a second controller is told which, and ends', async () => {
    const ports = ['--api', '127.0.0.1:0', '--link', '127.0.0.1:0', '--http', '127.0.0.1:0'];
    const data = join(fleet.folder, 'controller');
    const ended = await runToEnd(bin('fleet-controller'), ['run', '--data', data, ...ports]);
    expect(ended.code).toBe(1);
    expect(words(ended)).toContain(data);
  });
});

describe('nobody there', () => {
  it('a controller that is down: one line with its address and what to do, at once', async () => {
    const ended = await runToEnd(bin('fleetctl'), ['status'], {
      env: { ...fleet.ctlEnv(), FLEET_CONTROLLER: '127.0.0.1:1' },
    });
    expect(ended.code).toBe(1);
    expect(words(ended)).toMatch(/^fleetctl: cannot reach the controller at 127\.0\.0\.1:1.*--controller/);
    expect(words(ended).split('\n')).toHaveLength(1);
  });

  it('a data folder of a controller that cannot be written: says which, why and what to do', async () => {
    const ended = await runToEnd(bin('fleet-controller'), ['run', '--data', file('a-file', '')]);
    expect(ended.code).toBe(1);
    expect(words(ended)).toMatch(/a-file/);
  });
});
