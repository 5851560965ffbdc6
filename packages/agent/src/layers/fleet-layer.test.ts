import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fillDisk } from '../state/fixtures/full-disk.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { layeredHost, offerOf } from './fixtures/layered-host.ts';

const program = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=/bin/${name}\n${options.join('\n')}\n`;

describe('an offer', () => {
  it('is accepted, applied, and remembered as what runs and what came up well', async () => {
    const host = layeredHost(tempFolder());
    const offer = offerOf(1, { 'web.conf': program('web') });
    await host.take(offer);
    expect(host.phases()).toEqual(['nonce 1: accepted', 'nonce 1: applying', 'nonce 1: applied']);
    expect(host.table()).toEqual(['fleet web:web RUNNING']);
    expect(host.fleet.facts).toEqual({
      running: offer.to,
      lastAttempt: { ref: offer.to, phase: 'applied', problems: [] },
      lastKnownGood: offer.to,
    });
  });

  it('is refused whole when one file is wrong, and changes nothing', async () => {
    const host = layeredHost(tempFolder());
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    await host.take(offerOf(2, { 'a.conf': program('new'), 'b.conf': 'nonsense' }));
    expect(host.phases().at(-1)).toBe('nonce 2: rejected');
    expect(host.reports.at(-1)?.running).toEqual(offerOf(1, { 'web.conf': program('web') }).to);
    expect(host.table()).toEqual(['fleet web:web RUNNING']);
  });

  it('is refused when the host has a program of that name itself, with both places', async () => {
    const host = layeredHost(tempFolder(), { local: program('web') });
    await host.boot();
    await host.take(offerOf(1, { 'web.conf': program('web', 'autostart=false') }));
    expect(host.reports).toMatchObject([
      {
        phase: 'rejected',
        problems: [{ file: 'web.conf', line: 1, message: expect.stringContaining('/etc/supervisord.conf:2') }],
      },
    ]);
    expect(host.table()).toEqual(['local web:web RUNNING']);
  });

  it('fails when a program of it does not come up; what ran well before is still known', async () => {
    const host = layeredHost(tempFolder(), { behaviours: { bad: { endsAfterMs: 10 } } });
    const good = offerOf(1, { 'web.conf': program('web') });
    await host.take(good);
    await host.take(offerOf(2, { 'web.conf': program('web') + program('bad') }));
    expect(host.reports.at(-1)).toMatchObject({
      phase: 'failed',
      results: [{ target: 'bad', outcome: 'failed', message: 'ERROR (spawn error)' }],
    });
    expect(host.fleet.facts.lastKnownGood).toEqual(good.to);
  });

  it('fails again when the same file comes once more and its program is still down', async () => {
    const host = layeredHost(tempFolder(), { behaviours: { bad: { endsAfterMs: 10 } } });
    const files = { 'web.conf': program('bad', 'startretries=0') };
    await host.take(offerOf(1, files));
    await host.take(offerOf(2, files));
    expect(host.reports.at(-1)).toMatchObject({
      nonce: 'nonce 2',
      phase: 'failed',
      results: [{ target: 'bad', outcome: 'failed', message: expect.stringMatching(/^ERROR \(FATAL since before/) }],
    });
  });

  it('is not begun by an agent that is on its way out', async () => {
    const host = layeredHost(tempFolder());
    await host.settle(host.supervisor.shutdown());
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    expect(host.reports).toEqual([]);
    expect(host.fleet.offered).toBeUndefined();
  });

  it('is not judged by an old trouble in a file that it leaves as it was', async () => {
    const host = layeredHost(tempFolder(), { behaviours: { bad: { endsAfterMs: 10 } } });
    const first = offerOf(1, { 'bad.conf': program('bad', 'startretries=0') });
    await host.take(first);
    const second = offerOf(2, { 'good.conf': program('good') });
    await host.take({ ...second, files: [...first.files, ...second.files] });
    expect(host.phases().at(-1)).toBe('nonce 2: applied');
  });

  it('leaves what is the same in it alone, and everything of the host', async () => {
    const host = layeredHost(tempFolder(), { local: program('mine') });
    await host.boot();
    await host.take(offerOf(1, { 'web.conf': program('web') + program('other') }));
    const pids = ['mine', 'other'].map((name) => host.status(name).pid);
    await host.take(offerOf(2, { 'web.conf': program('web', 'startsecs=2', 'directory=/tmp') + program('other') }));
    expect(['mine', 'other'].map((name) => host.status(name).pid)).toEqual(pids);
    expect(host.status('web').run).toBe(2);
  });

  it('holds a changed program that a person has stopped, says so, and has not failed', async () => {
    const host = layeredHost(tempFolder());
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    await host.take(offerOf(2, { 'web.conf': program('web', 'directory=/tmp') }));
    expect(host.reports.at(-1)).toMatchObject({
      phase: 'applied',
      results: [{ target: 'web', outcome: 'no-change', message: 'held: stopped by hand' }],
    });
    expect(host.table()).toEqual(['fleet web:web STOPPED']);
    expect(host.supervisor.spec(host.name('web'))?.directory).toBe('/tmp');
  });

  it('removes a process group whose program a person has stopped', async () => {
    const host = layeredHost(tempFolder());
    await host.take(offerOf(1, { 'web.conf': program('web') + program('other') }));
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    await host.take(offerOf(2, { 'web.conf': program('other') }));
    expect(host.phases().at(-1)).toBe('nonce 2: applied');
    expect(host.table()).toEqual(['fleet other:other RUNNING']);
  });

  it('has not failed when a person stops one of its programs on its way up', async () => {
    const host = layeredHost(tempFolder());
    const taking = await host.begin(offerOf(1, { 'web.conf': program('web', 'startsecs=10') }));
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    await host.settle(taking.ended);
    expect(host.reports.at(-1)).toMatchObject({ phase: 'applied', results: [{ message: 'held: stopped by hand' }] });
  });

  it('keeps the environment of [supervisord] that the agent was started with', async () => {
    const local = (value: string) => `environment=A=${value}\n`;
    const host = layeredHost(tempFolder(), { local: local('1') });
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    const { pid } = host.status('web');
    host.edit(local('2'));
    await host.update();
    await host.take(offerOf(2, { 'web.conf': program('web'), 'new.conf': program('new') }));
    expect(host.status('web').pid).toBe(pid);
    expect(host.supervisor.spec(host.name('new'))?.environment).toEqual({ A: '1' });
  });
});

describe('a newer offer', () => {
  it('spares one that has not begun', async () => {
    const host = layeredHost(tempFolder());
    const offers = [1, 2, 3].map((generation) => offerOf(generation, { 'web.conf': program(`p${generation}`) }));
    await host.settle(Promise.all(offers.map((offer) => host.fleetLayer.take(offer))));
    expect(host.phases()).toEqual(['nonce 3: accepted', 'nonce 3: applying', 'nonce 3: applied']);
    expect(host.table()).toEqual(['fleet p3:p3 RUNNING']);
  });

  it('is the one that is reported when the programs of the older one are still coming up', async () => {
    const host = layeredHost(tempFolder());
    const first = await host.begin(offerOf(1, { 'web.conf': program('web', 'startsecs=10') }));
    const second = host.fleetLayer.take(offerOf(2, { 'web.conf': program('other') }));
    await host.settle(Promise.all([first.ended, second]));
    expect(host.phases().slice(2)).toEqual(['nonce 2: accepted', 'nonce 2: applying', 'nonce 2: applied']);
    expect(host.fleet.facts.lastKnownGood?.generation).toBe(2n);
  });

  it('that is refused leaves the older one what came up well', async () => {
    const host = layeredHost(tempFolder());
    const good = offerOf(1, { 'web.conf': program('web', 'startsecs=10') });
    const first = await host.begin(good);
    await host.take(offerOf(2, { 'web.conf': 'nonsense' }));
    await host.settle(first.ended);
    expect(host.fleet.facts).toMatchObject({
      running: good.to,
      lastKnownGood: good.to,
      lastAttempt: { ref: { generation: 2n }, phase: 'rejected' },
    });
  });

  it('and an update at once end with both done', async () => {
    const host = layeredHost(tempFolder(), { local: program('mine') });
    await host.boot();
    host.edit(program('mine', 'directory=/tmp') + program('web'));
    const [, update] = await host.settle(
      Promise.all([
        host.fleetLayer.take(offerOf(1, { 'web.conf': program('web') })),
        host.local.update([]),
        host.fleetLayer.take(offerOf(2, { 'web.conf': program('fleet') })),
      ]),
    );
    // The offer that came later is the newest: the first is spared, so nothing stands against the host's own web.
    expect(update.outcome).toBe('ok');
    expect(host.table()).toEqual(['fleet fleet:fleet RUNNING', 'local mine:mine RUNNING', 'local web:web RUNNING']);
  });
});

describe('an agent that ends meanwhile', () => {
  it('makes no failure of what it stops itself', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder);
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    const second = offerOf(2, { 'web.conf': program('web') + program('slow', 'startsecs=10') });
    const taking = await host.begin(second);
    await host.settle(host.supervisor.shutdown());
    await host.settle(taking.ended);
    expect(host.phases().at(-1)).toBe('nonce 2: applying');
    await host.db[Symbol.asyncDispose]();

    const next = layeredHost(folder);
    await next.boot();
    expect(next.table()).toEqual(['fleet web:web RUNNING']);
    // To the controller the second is one that the host has not been told of: it is offered again.
    expect(next.fleet.facts).toMatchObject({ running: { generation: 1n }, lastAttempt: undefined });
  });

  it('does not call running what it could not carry out any more', async () => {
    const host = layeredHost(tempFolder(), { behaviours: { slow: { diesAfterMs: 5000 } } });
    await host.take(offerOf(1, { 'web.conf': program('slow') }));
    const taking = await host.begin(offerOf(2, { 'web.conf': program('new') }));
    await host.settle(host.supervisor.shutdown());
    await host.settle(taking.ended);
    expect(host.fleet.facts).toMatchObject({ running: { generation: 1n }, lastAttempt: { phase: 'applying' } });
    expect(host.host.launches.map(({ spec }) => spec.name)).toEqual(['slow']);
  });

  it('has seen nothing of its first state come up: it starts it, and does not call it running', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder);
    await host.begin(offerOf(1, { 'web.conf': program('web', 'startsecs=10') }));
    expect(host.fleet.facts.running?.generation).toBe(1n);
    await host.db[Symbol.asyncDispose]();

    const next = layeredHost(folder);
    await next.boot();
    expect(next.table()).toEqual(['fleet web:web STARTING']);
    expect(next.fleet.facts).toEqual({ running: undefined, lastAttempt: undefined, lastKnownGood: undefined });
  });
});

describe('a boot', () => {
  it('runs what came up well last, not what failed after it', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder, { behaviours: { bad: { spawnError: 'no' } } });
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    await host.take(offerOf(2, { 'web.conf': program('bad') }));
    expect(host.table()).toEqual(['fleet bad:bad BACKOFF']);
    await host.db[Symbol.asyncDispose]();

    const next = layeredHost(folder);
    await next.boot();
    expect(next.table()).toEqual(['fleet web:web RUNNING']);
    expect(next.fleet.facts).toMatchObject({
      running: { generation: 1n },
      lastAttempt: { ref: { generation: 2n }, phase: 'failed' },
    });
    expect(readFileSync(join(folder, 'fleet.d/web.conf'), 'utf8')).toContain('program:web');
  });

  it('runs what it can of a state that the host no longer takes, says why, and tells the controller', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder, { env: { ZONE: 'a' } });
    const offer = offerOf(1, {
      'a.conf': program('zoned', 'directory=/%(ENV_ZONE)s'),
      'b.conf': program('web') + program('mine'),
    });
    await host.take(offer);
    expect(host.phases().at(-1)).toBe('nonce 1: applied');
    await host.db[Symbol.asyncDispose]();

    const broken = layeredHost(folder, { local: program('mine') });
    await broken.boot();
    expect(broken.table()).toEqual(['fleet web:web RUNNING', 'local mine:mine RUNNING']);
    expect(broken.logged).toEqual([
      expect.stringMatching(/^error a.conf:3: \[program:zoned\] directory: .*ENV_ZONE/),
      expect.stringMatching(/^error b.conf:4: \[program:mine\]: mine is also defined by .*supervisord.conf:2/),
      'critical not all programs of the fleet are started: this host no longer takes what it was given (see the errors above)',
    ]);
    expect(broken.fleet.facts).toMatchObject({
      running: undefined,
      lastAttempt: { ref: offer.to, phase: 'rejected' },
      lastKnownGood: offer.to,
    });
    await broken.db[Symbol.asyncDispose]();

    const mended = layeredHost(folder, { env: { ZONE: 'a' } });
    await mended.boot();
    expect(mended.table()).toHaveLength(3);
    expect(mended.fleet.facts).toEqual({ running: offer.to, lastAttempt: undefined, lastKnownGood: offer.to });
  });

  it('keeps down what a person had stopped in an earlier life', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder);
    await host.take(offerOf(1, { 'web.conf': program('web') + program('other') }));
    await host.db[Symbol.asyncDispose]();

    const next = layeredHost(folder, { local: program('mine') });
    await next.boot(['web', 'mine'].map((name) => ({ group: name, name })));
    expect(next.table()).toEqual(['fleet other:other RUNNING', 'fleet web:web STOPPED', 'local mine:mine STOPPED']);
  });
});

describe('a disk that refuses', () => {
  it('an offer makes it refused with the reason, and nothing changes', async () => {
    const host = layeredHost(tempFolder());
    const free = fillDisk(host.db);
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    expect(host.reports).toMatchObject([
      { phase: 'rejected', problems: [{ file: 'agent.db', message: expect.stringContaining('disk is full') }] },
    ]);
    expect(host.table()).toEqual([]);
    free();
    await host.take(offerOf(2, { 'web.conf': program('web') }));
    expect(host.phases().at(-1)).toBe('nonce 2: applied');
  });

  it('once programs have changed does not keep the controller from hearing of it', async () => {
    const host = layeredHost(tempFolder());
    const taking = await host.begin(offerOf(1, { 'web.conf': program('web', 'startsecs=10') }));
    fillDisk(host.db);
    await host.settle(taking.ended);
    expect(host.phases().at(-1)).toBe('nonce 1: applied');
    expect(host.logged.at(-1)).toContain('disk is full; free space on its disk');
  });

  it('is asked again until it has room: what runs is then remembered, and the controller hears so', async () => {
    const host = layeredHost(tempFolder(), { behaviours: { web: { diesAfterMs: 5_000 } } });
    const first = offerOf(1, { 'web.conf': program('web') });
    const second = offerOf(2, { 'api.conf': program('api') });
    await host.take(first);
    const taking = await host.begin(second);
    const free = fillDisk(host.db);
    await host.settle(taking.ended);
    expect(host.fleet.facts).toMatchObject({ running: first.to, lastKnownGood: first.to });
    expect(host.reports.at(-1)).toMatchObject({ to: second.to, phase: 'applied', running: first.to });
    free();
    await host.pass(2);
    expect(host.fleet.facts).toMatchObject({ running: second.to, lastKnownGood: second.to });
    expect(host.fleet.facts.lastAttempt).toMatchObject({ ref: second.to, phase: 'applied' });
    expect(host.reports.at(-1)).toMatchObject({ to: second.to, phase: 'applied', running: second.to });
  });

  it('the copies for eyes is a warning and no more', async () => {
    const folder = tempFolder();
    const host = layeredHost(folder);
    writeFileSync(join(folder, 'fleet.d'), 'in the way');
    await host.take(offerOf(1, { 'web.conf': program('web') }));
    expect(host.phases().at(-1)).toBe('nonce 1: applied');
    expect(host.logged).toEqual([expect.stringMatching(/^warn cannot copy the config files of the fleet.*EEXIST/)]);
    rmSync(join(folder, 'fleet.d'));
    mkdirSync(join(folder, 'fleet.d'));
    await host.take(offerOf(2, { 'other.conf': program('other') }));
    expect(readdirSync(join(folder, 'fleet.d'))).toEqual(['other.conf']);
  });
});
