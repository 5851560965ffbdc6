import { describe, expect, it } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { type HostOptions, layeredHost, offerOf } from './fixtures/layered-host.ts';

const program = (name: string, ...options: readonly string[]) =>
  `[program:${name}]\ncommand=/bin/${name}\n${options.join('\n')}\n`;

async function hostWith(local: string, behaviours: HostOptions['behaviours'] = {}) {
  const host = layeredHost(tempFolder(), { local, behaviours });
  await host.boot();
  await host.take(offerOf(1, { 'fleet.conf': program('fleet') }));
  return host;
}

const said = (results: readonly { readonly target: string; readonly message: string }[]) =>
  results.map(({ target, message }) => `${target}: ${message}`);

describe('reread', () => {
  it('says what differs, without the fleet, and changes nothing', async () => {
    const host = await hostWith(program('same') + program('other') + program('gone'));
    host.edit(program('same') + program('other', 'directory=/tmp') + program('new'));
    const before = host.table();
    expect(host.local.reread()).toMatchObject({
      outcome: 'ok',
      changes: { added: ['new'], changed: ['other'], removed: ['gone'] },
    });
    expect(host.table()).toEqual(before);
  });

  it('tells what disappears in the order in which it came, whatever its priority', async () => {
    const host = await hostWith(program('a', 'priority=5'));
    host.edit(program('a', 'priority=5') + program('b', 'priority=1'));
    await host.update();
    host.edit('');
    expect(host.local.reread()).toMatchObject({ changes: { removed: ['a', 'b'] } });
  });

  it('refuses a broken file with its errors', async () => {
    const host = await hostWith(program('web'));
    host.edit(program('web', 'startsecs=soon'));
    expect(host.local.reread()).toMatchObject({ outcome: 'rejected', problems: [{ line: 4, option: 'startsecs' }] });
  });

  it('refuses a file that has gained a program of the fleet, and names both places', async () => {
    const host = await hostWith(program('web'));
    host.edit(program('web') + program('fleet'));
    const { outcome, problems } = await host.update();
    expect(outcome).toBe('rejected');
    expect(problems).toMatchObject([
      { file: '/etc/supervisord.conf', line: 5, message: expect.stringContaining('fleet.conf:1') },
    ]);
    expect(host.table()).toEqual(['fleet fleet:fleet RUNNING', 'local web:web RUNNING']);
  });
});

describe('update', () => {
  it('touches what differs, in supervisorctl words, and nothing of the fleet', async () => {
    const host = await hostWith(program('same') + program('other') + program('gone'));
    const pids = ['same', 'fleet'].map((name) => host.status(name).pid);
    host.edit(program('same') + program('other', 'directory=/tmp') + program('new'));
    const { outcome, results } = await host.update();
    expect(outcome).toBe('ok');
    expect(said(results)).toEqual([
      'gone: stopped',
      'gone: removed process group',
      'other: stopped',
      'other: updated process group',
      'new: added process group',
    ]);
    expect(['same', 'fleet'].map((name) => host.status(name).pid)).toEqual(pids);
    expect(host.records.filter(({ kind }) => kind === 'configChanged').at(-1)).toMatchObject({
      to: undefined,
      changes: { added: ['new'], changed: ['other'], removed: ['gone'] },
    });
    expect((await host.update()).outcome).toBe('no-change');
  });

  it('of named groups leaves the others, and names those that there are not, the fleet among them', async () => {
    const host = await hostWith(program('a') + program('b'));
    host.edit(program('a', 'directory=/tmp') + program('b', 'directory=/tmp'));
    const { outcome, results } = await host.update('b', 'nobody', 'fleet');
    expect(outcome).toBe('failed');
    expect(said(results)).toEqual([
      'nobody: ERROR (no such group)',
      'fleet: ERROR (no such group)',
      'b: stopped',
      'b: updated process group',
    ]);
    expect(host.status('a').run).toBe(1);
  });

  it('starts again what a person had stopped, as Supervisor does', async () => {
    const host = await hostWith(program('web'));
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    host.edit(program('web', 'directory=/tmp'));
    await host.update();
    await host.pass(2);
    expect(host.status('web').state).toBe('RUNNING');
  });

  it('says what it could not do once the agent is on its way out', async () => {
    const host = await hostWith(program('slow') + program('web'), { slow: { diesAfterMs: 5000 } });
    host.edit(program('new'));
    const updating = host.local.update([]);
    await host.pass(1);
    const ended = host.supervisor.shutdown();
    const { outcome, results } = await host.settle(updating);
    expect(outcome).toBe('failed');
    expect(said(results).slice(2)).toEqual([
      'web: cannot change the configuration: the agent is shutting down',
      'new: cannot change the configuration: the agent is shutting down',
    ]);
    await host.settle(ended);
    expect(host.host.alive).toEqual([]);
  });
});

describe('a restart', () => {
  it('stops all in the order of a shutdown, then starts anew by priority, and leaves the fleet alone', async () => {
    const behaviours = { b: { diesAfterMs: 3000 } };
    const host = await hostWith(
      program('a', 'priority=1') + program('b', 'priority=2') + program('c', 'priority=3'),
      behaviours,
    );
    const { pid } = host.status('fleet');
    const before = host.transitions.length;
    host.edit(program('a', 'priority=9') + program('b', 'priority=2') + program('new', 'priority=5'));
    expect(await host.restart()).toMatchObject({ ok: true });
    await host.pass(2);
    const turns = host.transitions.slice(before).filter((line) => / -> (STOPPED|STARTING)/.test(line));
    expect(turns).toEqual([
      'c STOPPING -> STOPPED',
      'b STOPPING -> STOPPED',
      'a STOPPING -> STOPPED',
      'b STOPPED -> STARTING',
      'new STOPPED -> STARTING',
      'a STOPPED -> STARTING',
    ]);
    expect(host.status('fleet').pid).toBe(pid);
    expect(host.records.filter(({ kind }) => kind === 'configChanged').at(-1)).toMatchObject({
      changes: { added: ['new'], changed: ['b', 'a'], removed: ['c'] },
    });
  });

  it('starts what a person had stopped, as Supervisor does', async () => {
    const host = await hostWith(program('web'));
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    await host.restart();
    await host.pass(2);
    expect(host.status('web').state).toBe('RUNNING');
  });

  it('of a broken file changes nothing', async () => {
    const host = await hostWith(program('web'));
    host.edit('nonsense');
    expect(await host.restart()).toMatchObject({ ok: false, problems: [{ line: 2 }] });
    expect(host.status('web').run).toBe(1);
  });

  it('begins with the files as they are once all has stopped', async () => {
    const host = await hostWith(program('slow'), { slow: { diesAfterMs: 5000 } });
    host.edit(program('slow') + program('first'));
    const restarting = host.restart();
    await host.pass(1);
    host.edit(program('second'));
    await restarting;
    expect(host.restarts).toEqual(['begins', 'read second']);
    expect(host.table()).toEqual(['fleet fleet:fleet RUNNING', 'local second:second STARTING']);
    expect(host.records.filter(({ kind }) => kind === 'configChanged').at(-1)).toMatchObject({
      changes: { added: ['second'], changed: [], removed: ['slow'] },
    });
  });

  it('begins with the files as they were when it was asked for, where they are broken by then', async () => {
    const host = await hostWith(program('slow'), { slow: { diesAfterMs: 5000 } });
    host.edit(program('slow') + program('new'));
    const restarting = host.restart();
    await host.pass(1);
    host.edit('nonsense');
    await restarting;
    expect(host.restarts).toEqual(['begins', 'broken at line 2', 'read new,slow']);
    expect(host.table()).toHaveLength(3);
  });

  it('waits for its turn with everything running', async () => {
    const host = await hostWith(program('web'), { fleet: { diesAfterMs: 5000 } });
    const { ended } = await host.begin(offerOf(2, { 'fleet.conf': program('fleet', 'directory=/tmp') }));
    const restarting = host.restart();
    await host.pass(1);
    expect(host.restarts).toEqual(['waits']);
    expect(host.status('web')).toMatchObject({ state: 'RUNNING', run: 1 });
    await restarting;
    expect(host.restarts).toEqual(['waits', 'begins', 'read web']);
    await host.settle(ended);
  });

  it('is given up where the agent is told to end', async () => {
    const host = await hostWith(program('slow') + program('web'), { slow: { diesAfterMs: 5000 } });
    const restarting = host.restart();
    await host.pass(1);
    await host.settle(host.supervisor.shutdown());
    await host.settle(restarting);
    expect(host.host.alive).toEqual([]);
  });
});

describe('single groups', () => {
  it('are added as they were last read', async () => {
    const host = await hostWith(program('web'));
    host.edit(program('web') + program('new'));
    expect(host.local.addGroup('new')).toBe('no-such-group');
    host.local.reread();
    expect([host.local.addGroup('new'), host.local.addGroup('new')]).toEqual(['added', 'already-added']);
    await host.pass(2);
    expect(host.status('new').state).toBe('RUNNING');
  });

  it('are removed when they are stopped, and when they are not the fleet has given them', async () => {
    const host = await hostWith(program('web'));
    expect(host.local.removeGroup('web')).toBe('still-running');
    await host.settle(host.supervisor.stop(host.name('web'), { byHand: true }));
    await host.settle(host.supervisor.stop(host.name('fleet'), { byHand: true }));
    expect(host.local.removeGroup('web')).toBe('removed');
    expect(host.local.removeGroup('web')).toBe('no-such-group');
    expect(host.local.removeGroup('fleet')).toBe('not-local');
    expect(host.local.addGroup('web')).toBe('added');
  });

  it('of one name are all told as configured, and the first of them is the one there is', async () => {
    const host = await hostWith(`${program('web')}${program('other')}[group:web]\nprograms=other\npriority=1000\n`);
    expect(host.local.configured().map(({ name, kind }) => [name, kind])).toEqual([
      ['web', 'program'],
      ['web', 'group'],
    ]);
    expect(host.local.groups().map(({ kind }) => kind)).toEqual(['program']);
    expect(host.local.reread().changes).toEqual({ added: [], changed: [], removed: [] });
  });

  it('stay as last read when the files break', async () => {
    const host = await hostWith(program('web'));
    host.edit('nonsense');
    expect(host.local.reread().outcome).toBe('rejected');
    expect(host.local.configured().map(({ name }) => name)).toEqual(['web']);
  });
});
