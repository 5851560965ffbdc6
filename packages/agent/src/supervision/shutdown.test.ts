import { after } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { startSupervisor } from './start-supervisor.ts';
import { FakeProcessLogs } from './testing/fake-process-logs.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { superviseFake } from './testing/supervised-world.ts';

describe('shutdown', () => {
  it('stops group by group from the highest priority, each waiting for the one before it', async () => {
    const slow = { diesAfterMs: 1000 };
    const { supervisor, pass, transitions, mainLog } = superviseFake({ x: slow, y: slow, z: slow });
    const processes = [processSpec('x', { priority: 1 }), processSpec('y', { priority: 2 })];
    supervisor.addGroup(groupSpec('low', { priority: 1, processes }), 'local');
    supervisor.addGroup(groupSpec('high', { priority: 2, processes: [processSpec('z')] }), 'fleet');
    await pass(2);
    const before = transitions.length;
    const done = supervisor.shutdown();
    await pass(5);
    await done;
    expect(transitions.slice(before)).toEqual([
      'z RUNNING -> STOPPING',
      'z STOPPING -> STOPPED',
      'y RUNNING -> STOPPING',
      'x RUNNING -> STOPPING',
      'y STOPPING -> STOPPED',
      'x STOPPING -> STOPPED',
    ]);
    expect(mainLog.filter((line) => line.includes('to die'))).toEqual(['2.000 info waiting for x, y, z to die']);
  });

  it('says every three seconds who is still alive', async () => {
    const { supervisor, pass, mainLog } = superviseFake({ a: { ignores: ['TERM'] } });
    supervisor.addGroup(groupSpec('a'), 'local');
    await pass(2);
    void supervisor.shutdown();
    await pass(20);
    expect(mainLog.filter((line) => line.includes('to die'))).toHaveLength(4);
  });

  it('gives up what is in BACKOFF, and starts nothing any more', async () => {
    const { supervisor, pass, name, status, events } = superviseFake({ a: { spawnError: 'no' } });
    supervisor.addGroup(groupSpec('a'), 'local');
    supervisor.addGroup(groupSpec('idle', { processes: [processSpec('idle', { autostart: false })] }), 'local');
    await pass(0.5);
    expect(status('a').state).toBe('BACKOFF');
    await supervisor.shutdown();
    expect(status('a').state).toBe('FATAL');
    expect(events.some(({ kind }) => kind === 'crash')).toBe(false);
    expect(await supervisor.start(name('idle'))).toBe('shutting-down');
    expect(() => supervisor.addGroup(groupSpec('b'), 'local')).toThrow('the agent is shutting down');
    await expect(supervisor.apply({ kind: 'add-group', group: groupSpec('b'), reason: '' }, 'local')).rejects.toThrow(
      'the agent is shutting down',
    );
  });

  it('asked for twice is one', async () => {
    const { supervisor, pass } = superviseFake({ a: { diesAfterMs: 1000 } });
    supervisor.addGroup(groupSpec('a'), 'local');
    await pass(2);
    const [first, second] = [supervisor.shutdown(), supervisor.shutdown()];
    expect(second).toBe(first);
    expect(supervisor.isShuttingDown).toBe(true);
    await pass(2);
    await first;
  });

  it('of a thousand idle groups takes no time', async () => {
    const { supervisor, clock } = superviseFake();
    for (let i = 0; i < 1000; i++) {
      supervisor.addGroup(groupSpec(`p${i}`, { processes: [processSpec('p', { autostart: false })] }), 'local');
    }
    const before = clock.now();
    await supervisor.shutdown();
    expect(clock.now()).toBe(before);
  });
});

describe('clearing a layer', () => {
  it('stops its groups in the order of a shutdown, removes them together, and leaves the other layer alone', async () => {
    const slow = { diesAfterMs: 1000 };
    const { supervisor, pass, transitions } = superviseFake({ a: slow, b: slow, c: slow });
    supervisor.addGroup(groupSpec('a', { priority: 1 }), 'local');
    supervisor.addGroup(groupSpec('b', { priority: 2 }), 'local');
    supervisor.addGroup(groupSpec('c', { priority: 3 }), 'fleet');
    await pass(2);
    const before = transitions.length;
    const seen: string[] = [];
    supervisor.subscribe({ groupRemoved: (group) => seen.push(`${group} removed at ${transitions.length - before}`) });
    const cleared = supervisor.clearLayer('local');
    expect(() => supervisor.addGroup(groupSpec('d'), 'local')).toThrow('the agent is reloading');
    await pass(3);
    await cleared;
    expect(transitions.slice(before)).toEqual([
      'b RUNNING -> STOPPING',
      'b STOPPING -> STOPPED',
      'a RUNNING -> STOPPING',
      'a STOPPING -> STOPPED',
    ]);
    expect(seen).toEqual(['a removed at 4', 'b removed at 4']);
    expect(supervisor.groups().map(({ spec }) => spec.name)).toEqual(['c']);
    supervisor.addGroup(groupSpec('a'), 'local');
    await pass(2);
    expect(transitions.at(-1)).toBe('a STARTING -> RUNNING');
  });

  it('starts nothing of it while it lasts', async () => {
    const { supervisor, pass, name } = superviseFake({ a: { diesAfterMs: 1000 }, b: { endsAfterMs: 1500 } });
    supervisor.addGroup(groupSpec('b', { processes: [processSpec('b', { autorestart: 'always' })] }), 'local');
    supervisor.addGroup(groupSpec('idle', { processes: [processSpec('idle', { autostart: false })] }), 'local');
    supervisor.addGroup(groupSpec('a', { priority: 1000 }), 'local');
    await pass(1.2);
    const cleared = supervisor.clearLayer('local');
    await pass(0.5);
    expect(supervisor.status(name('b'))?.state).toBe('EXITED');
    expect(await supervisor.start(name('idle'))).toBe('shutting-down');
    await pass(2);
    await cleared;
    expect(supervisor.groups()).toEqual([]);
  });
});

describe('what is left of a process group', () => {
  const asGroup = { stopasgroup: true, killasgroup: true, stopwaitsecs: 5 };

  it('has the time its leader would have had, and is then killed', async () => {
    const { supervisor, pass, name, host, mainLog, status } = superviseFake({ a: { groupOutlivesMs: 60_000 } });
    supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', asGroup)] }), 'local');
    await pass(2);
    const child = host.child('a');
    const stopped = supervisor.stop(name('a'), { byHand: true });
    await pass(0.1);
    expect(await stopped).toBe('stopped');
    expect(status('a').state).toBe('STOPPED');
    await pass(4.8);
    expect(child).toMatchObject({ isGroupAlive: true, signals: ['TERM group'] });
    await pass(0.2);
    expect(child).toMatchObject({ isGroupAlive: false, signals: ['TERM group', 'KILL group'] });
    expect(mainLog.at(-1)).toContain("warn killing what is left of the process group of 'a' with SIGKILL");
  });

  it('is not waited for by a layer that begins anew, and is killed in its time all the same', async () => {
    const { supervisor, pass, host } = superviseFake({ a: { groupOutlivesMs: 60_000 } });
    const group = groupSpec('a', { processes: [processSpec('a', asGroup)] });
    supervisor.addGroup(group, 'local');
    await pass(2);
    const child = host.child('a');
    const cleared = supervisor.clearLayer('local');
    await pass(0.1);
    await cleared;
    supervisor.addGroup(group, 'local');
    await pass(2);
    expect(supervisor.status({ group: 'a', name: 'a' })).toMatchObject({ state: 'RUNNING', run: 2 });
    await pass(3);
    expect(child).toMatchObject({ isGroupAlive: false, signals: ['TERM group', 'KILL group'] });
    expect(host.child('a').signals).toEqual([]);
  });

  it('goes on to be watched by another life of the agent', async () => {
    const { supervisor, pass, name, host, clock } = superviseFake({ a: { groupOutlivesMs: 60_000 } });
    supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', asGroup)] }), 'local');
    await pass(2);
    const child = host.child('a');
    void supervisor.stop(name('a'), { byHand: true });
    await pass(1);
    const handed = supervisor.stragglers();
    expect(handed).toEqual([{ process: name('a'), leader: child.pid, until: after(clock.now(), 4000) }]);
    await supervisor[Symbol.asyncDispose]();
    const lines: string[] = [];
    await using next = startSupervisor({
      ...{ clock, host, logs: new FakeProcessLogs(), events: { record: () => {} } },
      mainLog: { log: (_level, text) => void lines.push(text) },
    });
    // Whether or not its program is there still.
    next.watchStragglers(handed);
    await pass(3.9);
    expect([next.stragglers(), child.isGroupAlive]).toEqual([handed, true]);
    await pass(0.2);
    expect([next.stragglers(), child.signals]).toEqual([[], ['TERM group', 'KILL group']]);
    expect(lines).toEqual([expect.stringContaining("killing what is left of the process group of 'a'")]);
  });

  it('is let go when it ends in time', async () => {
    const { supervisor, pass, name, host, clock } = superviseFake({ a: { groupOutlivesMs: 700 } });
    supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', asGroup)] }), 'local');
    await pass(2);
    const child = host.child('a');
    void supervisor.stop(name('a'), { byHand: true });
    await pass(2);
    expect(child.signals).toEqual(['TERM group']);
    expect(clock.armed).toBe(0);
  });

  it('is waited for by a shutdown', async () => {
    const { supervisor, pass, host, mainLog } = superviseFake({ a: { groupOutlivesMs: 60_000 } });
    supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', asGroup)] }), 'local');
    await pass(2);
    const child = host.child('a');
    let isDone = false;
    const done = supervisor.shutdown().then(() => (isDone = true));
    await pass(4);
    expect(isDone).toBe(false);
    expect(mainLog.at(-1)).toContain('info waiting for what is left of the process groups of a to die');
    await pass(2);
    await done;
    expect([child.isGroupAlive, supervisor.nextDeadline]).toEqual([false, undefined]);
  });
});
