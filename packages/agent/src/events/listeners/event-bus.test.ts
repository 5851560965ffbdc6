import { describe, expect, it } from 'vitest';
import type { OutputSource } from '../../logs/output-events.ts';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { listenerGroup, listenFake } from './testing/listening-world.ts';

const ok = 'RESULT 2\nOK';
const fail = 'RESULT 4\nFAIL';
const comm = 'REMOTE_COMMUNICATION';
const source: OutputSource = { process: { group: 'g', name: 'cat' }, channel: 'stdout', pid: () => 77 };

/** A world with one listener, RUNNING and READY. */
async function oneListener(
  ...options: Parameters<typeof listenerGroup> extends [string, ...infer Rest] ? Rest : never
) {
  const world = listenFake();
  world.supervisor.addGroup(listenerGroup('lst', ...options), 'local');
  await world.pass(0);
  await world.says('READY\n');
  return world;
}

const serials = (events: readonly string[]) => events.map((event) => Number(/ serial:(\d+)/.exec(event)?.[1]));
const bodies = (events: readonly string[]) => events.map((event) => event.split('\n').slice(1).join('|'));
const types = (events: readonly string[]) => events.map((event) => /eventname:(\S+)/.exec(event)?.[1]);

describe('the delivery of an event', () => {
  it('is a header and a body, numbered from 0', async () => {
    const { bus, heard, says, pass } = await oneListener([comm]);
    bus.remoteCommunication('alpha', 'some data');
    bus.remoteCommunication('beta', '');
    await pass(0);
    await says(`${ok}READY\n`);
    expect(heard()).toEqual([
      'ver:3.0 server:me serial:0 pool:lst poolserial:0 eventname:REMOTE_COMMUNICATION len:20\ntype:alpha\nsome data',
      'ver:3.0 server:me serial:1 pool:lst poolserial:1 eventname:REMOTE_COMMUNICATION len:10\ntype:beta\n',
    ]);
  });

  it('waits until the process is RUNNING and the listener READY', async () => {
    const { bus, supervisor, heard, says, pass } = listenFake();
    supervisor.addGroup(listenerGroup('lst', [comm], { startsecs: 2, autostart: false }), 'local');
    bus.remoteCommunication('a', '');
    await pass(1);
    void supervisor.start({ group: 'lst', name: 'lst' });
    await pass(1);
    await says('READY\n');
    expect(heard()).toEqual([]);
    await pass(2);
    expect(bodies(heard())).toEqual(['type:a|']);
  });

  it('happens one at a time, the next when the result is there', async () => {
    const { bus, heard, says, pass } = await oneListener([comm]);
    for (const type of ['a', 'b']) bus.remoteCommunication(type, '');
    await pass(1);
    await says(ok);
    expect(serials(heard())).toEqual([0]);
    await says('READY\n');
    expect(serials(heard())).toEqual([0, 1]);
  });

  it('stops while the process is being stopped', async () => {
    const world = listenFake({ lst: { ignores: ['TERM'] } });
    world.supervisor.addGroup(listenerGroup('lst', [comm]), 'local');
    await world.pass(0);
    await world.says('READY\n');
    void world.supervisor.stop({ group: 'lst', name: 'lst' }, { byHand: true });
    world.bus.remoteCommunication('a', '');
    await world.pass(1);
    expect(world.heard()).toEqual([]);
  });

  it('goes to the first process of the pool that is free', async () => {
    const { bus, supervisor, heard, says, pass } = listenFake();
    supervisor.addGroup(listenerGroup('lst', [comm], { names: ['x', 'y'] }), 'local');
    await pass(0);
    for (const name of ['y', 'x']) await says('READY\n', 'lst', name);
    for (const type of ['a', 'b', 'c']) bus.remoteCommunication(type, '');
    await pass(0);
    expect([serials(heard('lst', 'x')), serials(heard('lst', 'y'))]).toEqual([[0], [1]]);
    await says(`${ok}READY\n`, 'lst', 'y');
    expect([serials(heard('lst', 'x')), serials(heard('lst', 'y'))]).toEqual([[0], [1, 2]]);
  });
});

describe('numbers', () => {
  it('are given once an event finds a pool, and per pool', async () => {
    const { bus, supervisor, heard, says, pass } = listenFake();
    supervisor.addGroup(listenerGroup('one', ['PROCESS_LOG_STDOUT', comm]), 'local');
    supervisor.addGroup(listenerGroup('two', [comm]), 'local');
    await pass(0);
    for (const group of ['one', 'two']) await says('READY\n', group);
    bus.supervisorState('RUNNING'); // nobody's
    bus.written(source, Buffer.from('hi'));
    await pass(0);
    bus.remoteCommunication('a', '');
    await says(`${ok}READY\n`, 'one');
    const numbers = /serial:\d+ pool:\w+ poolserial:\d+/;
    expect(heard('one').map((event) => numbers.exec(event)?.[0])).toEqual([
      'serial:0 pool:one poolserial:0',
      'serial:1 pool:one poolserial:1',
    ]);
    expect(heard('two').map((event) => numbers.exec(event)?.[0])).toEqual(['serial:1 pool:two poolserial:0']);
  });

  it('are the same in the copies of overlapping subscriptions', async () => {
    const { bus, heard, says, pass } = await oneListener(['EVENT', 'TICK', comm], { bufferSize: 100 });
    while (heard().length < 3) await says(`${ok}READY\n`); // its own group and states
    const first = heard().length;
    bus.remoteCommunication('a', '');
    await pass(0);
    for (let copy = 0; copy < 2; copy++) await says(`${ok}READY\n`);
    const copies = heard().slice(first);
    expect(copies).toHaveLength(2);
    expect(copies[0]).toBe(copies[1]);
  });
});

describe('a rejected event', () => {
  it('comes again, the same and before later ones, to its own pool alone', async () => {
    const { bus, supervisor, heard, says, pass, busLog } = await oneListener([comm]);
    supervisor.addGroup(listenerGroup('two', ['TICK_3600']), 'local');
    await pass(0);
    await says('READY\n', 'two');
    for (const type of ['a', 'b']) bus.remoteCommunication(type, '');
    await pass(0);
    await says(`${fail}READY\n`);
    await says(`${ok}READY\n`);
    expect(serials(heard())).toEqual([0, 0, 1]);
    expect(heard()[0]).toBe(heard()[1]);
    expect(heard('two')).toEqual([]);
    expect(busLog.filter((line) => line.startsWith('warn'))).toEqual(['warn lst: event was rejected']);
  });

  it('does not keep everything else from running when it is rejected for ever', async () => {
    const { bus, host, heard, says, pass } = await oneListener([comm]);
    bus.remoteCommunication('a', '');
    await pass(0);
    const reader = host.readers.get(host.child('lst').pid);
    for (let turn = 0; turn < 3; turn++) {
      const before = heard().length;
      reader?.(Buffer.from(`${fail}READY\n`));
      expect(heard()).toHaveLength(before); // only once I/O has been seen to
      await pass(0);
      expect(heard()).toHaveLength(before + 1);
    }
    await says(ok);
  });

  it('goes to another process of the pool when its own broke the protocol', async () => {
    const { bus, supervisor, heard, says, pass, busLog } = listenFake();
    supervisor.addGroup(listenerGroup('lst', [comm], { names: ['x', 'y'] }), 'local');
    await pass(0);
    for (const name of ['x', 'y']) await says('READY\n', 'lst', name);
    bus.remoteCommunication('a', '');
    await pass(0);
    await says('RESULT what\n', 'lst', 'x');
    expect([serials(heard('lst', 'x')), serials(heard('lst', 'y'))]).toEqual([[0], [0]]);
    expect(busLog.filter((line) => line.startsWith('warn'))).toEqual([
      "warn x: bad result line: 'RESULT what'",
      'warn x: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process ' +
        'violated the eventlistener protocol',
    ]);
  });

  it('is told at debug level as Supervisor tells it', async () => {
    const { bus, says, pass, busLog } = await oneListener([comm]);
    for (const type of ['a', 'b']) bus.remoteCommunication(type, '');
    await pass(0);
    await says(`${fail}READY\n`);
    await says(ok);
    expect(busLog).toEqual([
      'debug lst: ACKNOWLEDGED -> READY',
      'debug event 0 sent to listener lst',
      'debug rebuffering event 1 for pool lst (buf size=0, max=10)',
      'warn lst: event was rejected',
      'debug lst: BUSY -> ACKNOWLEDGED',
      'debug rebuffering event 0 for pool lst (buf size=1, max=10)',
      'debug lst: ACKNOWLEDGED -> READY',
      'debug event 0 sent to listener lst',
      'debug rebuffering event 1 for pool lst (buf size=0, max=10)',
      'debug lst: event was processed',
      'debug lst: BUSY -> ACKNOWLEDGED',
    ]);
  });
});

describe('a full buffer', () => {
  it('drops the oldest event and says so', async () => {
    const { bus, heard, says, pass, busLog } = await oneListener([comm], { bufferSize: 2 });
    bus.remoteCommunication('n0', '');
    await pass(0);
    for (const type of ['n1', 'n2', 'n3', 'n4']) bus.remoteCommunication(type, '');
    for (let turn = 0; turn < 3; turn++) await says(`${ok}READY\n`);
    expect(serials(heard())).toEqual([0, 3, 4]);
    expect(busLog.filter((line) => line.startsWith('error'))).toEqual([
      'error pool lst event buffer overflowed, discarding event 1',
      'error pool lst event buffer overflowed, discarding event 2',
    ]);
  });

  it('drops the oldest that waits for one that comes back, too', async () => {
    const { bus, heard, says, pass } = await oneListener([comm], { bufferSize: 2 });
    bus.remoteCommunication('n0', '');
    await pass(0);
    for (const type of ['n1', 'n2']) bus.remoteCommunication(type, '');
    await says(`${fail}READY\n`);
    for (let turn = 0; turn < 3; turn++) await says(`${ok}READY\n`);
    expect(serials(heard())).toEqual([0, 0, 2]);
  });
});

describe('a new run of a listener', () => {
  it('gets the event its predecessor died with, and must say READY anew', async () => {
    const { bus, host, heard, says, pass } = await oneListener([comm], { autorestart: 'always' });
    for (const type of ['a', 'b']) bus.remoteCommunication(type, '');
    await pass(0);
    const first = host.child('lst');
    host.end(first, { kind: 'code', code: 1 });
    await pass(0);
    expect(host.child('lst').pid).not.toBe(first.pid);
    expect(heard()).toEqual([]);
    await says('READY\n');
    await says(`${ok}READY\n`);
    expect(serials(heard())).toEqual([0, 1]);
  });

  it('is not disturbed by late output of the run before', async () => {
    const { bus, host, heard, says, pass, busLog } = await oneListener([comm], { autorestart: 'always' });
    const first = host.child('lst');
    host.end(first, { kind: 'code', code: 1 });
    await pass(0);
    await says('READY\n');
    host.readers.get(first.pid)?.(Buffer.from('garbage'));
    bus.remoteCommunication('a', '');
    await pass(0);
    expect(serials(heard())).toEqual([0]);
    host.readers.get(first.pid)?.(Buffer.from(fail));
    await says(ok);
    expect(busLog.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('begins afresh where the one before broke the protocol', async () => {
    const { bus, host, heard, says, pass } = await oneListener([comm], { autorestart: 'always' });
    await says('spurious');
    bus.remoteCommunication('a', '');
    await says('READY\n');
    expect(heard()).toEqual([]);
    host.end(host.child('lst'), { kind: 'code', code: 1 });
    await pass(0);
    await says('READY\n');
    expect(serials(heard())).toEqual([0]);
  });
});

describe('a listener that does not take what it is sent', () => {
  it('is asked again a second later while it does not read', async () => {
    const { bus, host, heard, pass, clock } = await oneListener([comm]);
    host.stdinOutcomes.push('full', 'full');
    for (const type of ['a', 'b']) bus.remoteCommunication(type, '');
    await pass(0);
    expect(host.stdinOutcomes).toHaveLength(1);
    await pass(0.9);
    expect(host.stdinOutcomes).toHaveLength(1);
    await pass(1.2);
    expect(serials(heard())).toEqual([0]);
    expect(clock.armed).toBe(0);
  });

  it('is left alone until it restarts once its stdin is closed', async () => {
    const { bus, host, heard, says, pass, busLog } = await oneListener([comm], { autorestart: 'always' });
    host.stdinOutcomes.push('closed');
    bus.remoteCommunication('a', '');
    await pass(5);
    expect(heard()).toEqual([]);
    expect(busLog.at(-2)).toBe('debug epipe occurred while sending event 0 to listener lst, listener state unchanged');
    host.end(host.child('lst'), { kind: 'code', code: 1 });
    await pass(0);
    await says('READY\n');
    expect(serials(heard())).toEqual([0]);
  });

  it('is passed over for another that does', async () => {
    const { bus, supervisor, host, heard, says, pass } = listenFake();
    supervisor.addGroup(listenerGroup('lst', [comm], { names: ['x', 'y'] }), 'local');
    await pass(0);
    for (const name of ['x', 'y']) await says('READY\n', 'lst', name);
    host.stdinOutcomes.push('full');
    bus.remoteCommunication('a', '');
    await pass(0);
    expect([heard('lst', 'x').length, serials(heard('lst', 'y'))]).toEqual([0, [0]]);
  });
});

describe('a pool', () => {
  it('hears of its own group, of its own states and of all that comes after', async () => {
    const { supervisor, heard, says, pass } = await oneListener(['PROCESS_GROUP', 'PROCESS_STATE'], { bufferSize: 50 });
    supervisor.addGroup(groupSpec('web', { processes: [processSpec('web', { startsecs: 0 })] }), 'local');
    await pass(0);
    await supervisor.stop({ group: 'web', name: 'web' }, { byHand: true, wait: false });
    await pass(1);
    supervisor.removeGroup('web');
    for (let turn = 0; turn < 12; turn++) await says(heard().length > turn ? `${ok}READY\n` : '');
    expect(types(heard())).toEqual([
      'PROCESS_GROUP_ADDED',
      'PROCESS_STATE_STARTING',
      'PROCESS_STATE_RUNNING',
      'PROCESS_GROUP_ADDED',
      'PROCESS_STATE_STARTING',
      'PROCESS_STATE_RUNNING',
      'PROCESS_STATE_STOPPING',
      'PROCESS_STATE_STOPPED',
      'PROCESS_GROUP_REMOVED',
    ]);
    expect(bodies(heard()).slice(0, 2)).toEqual([
      'groupname:lst|',
      'processname:lst groupname:lst from_state:STOPPED tries:0',
    ]);
  });

  it('is no more fed once its group is removed; a new one numbers from 0', async () => {
    const { bus, supervisor, heard, says, pass } = await oneListener([comm]);
    bus.remoteCommunication('a', '');
    await pass(0);
    void supervisor.stop({ group: 'lst', name: 'lst' }, { byHand: true });
    await pass(1);
    supervisor.removeGroup('lst');
    bus.remoteCommunication('nobody hears', '');
    supervisor.addGroup(listenerGroup('lst', [comm]), 'local');
    bus.remoteCommunication('b', '');
    await pass(0);
    await says('READY\n');
    expect(heard()).toHaveLength(1);
    expect(heard()[0]).toContain(' serial:1 pool:lst poolserial:0 ');
  });

  it('gets output, captured data and ticks', async () => {
    const { bus, heard, says, pass } = await oneListener(['PROCESS_LOG', 'PROCESS_COMMUNICATION', 'TICK_5']);
    bus.written(source, Buffer.from('hi\n'));
    bus.captured({ ...source, channel: 'stderr' }, Buffer.from('secret'));
    await pass(5);
    for (let turn = 0; turn < 2; turn++) await says(`${ok}READY\n`);
    expect(types(heard())).toEqual(['PROCESS_LOG_STDOUT', 'PROCESS_COMMUNICATION_STDERR', 'TICK_5']);
    expect(bodies(heard()).slice(0, 2)).toEqual([
      'processname:cat groupname:g pid:77 channel:stdout|hi|',
      'processname:cat groupname:g pid:77|secret',
    ]);
  });
});

describe('a listener at a shutdown', () => {
  /** One that is READY, beside a program, when all is told to end. */
  async function endingWorld() {
    const world = listenFake();
    const { supervisor, bus, pass, says } = world;
    supervisor.addGroup(listenerGroup('lst', ['SUPERVISOR_STATE_CHANGE', 'PROCESS_STATE_STOPPED']), 'local');
    supervisor.addGroup(groupSpec('a'), 'local');
    await pass(2);
    await says('READY\n');
    bus.supervisorState('STOPPING');
    const ended = supervisor.shutdown();
    await pass(0);
    return { ...world, ended, isUp: () => supervisor.status({ group: 'lst', name: 'lst' })?.state === 'RUNNING' };
  }

  it('hears of the end of the others before its own', async () => {
    const { says, heard, ended, isUp } = await endingWorld();
    await says('RESULT 2\nOKREADY\n');
    expect(bodies(heard())).toEqual(['', expect.stringContaining('processname:a groupname:a from_state:STOPPING')]);
    expect(isUp()).toBe(true);
    await says('RESULT 2\nOK');
    await ended;
    expect(isUp()).toBe(false);
  });

  it('that does not answer is waited for a second, and no longer', async () => {
    const { pass, ended, isUp } = await endingWorld();
    await pass(0.9);
    expect(isUp()).toBe(true);
    await pass(0.2);
    await ended;
    expect(isUp()).toBe(false);
  });

  it.each([
    { hangForS: 0, endAfterS: 1.1 },
    { hangForS: 5, endAfterS: 0.1 },
  ])('that hangs for $hangForS s already costs no more beside two others', async ({ hangForS, endAfterS }) => {
    const { supervisor, bus, pass, says } = listenFake();
    const names = ['one', 'two', 'three'];
    for (const name of names) supervisor.addGroup(listenerGroup(name, ['SUPERVISOR_STATE_CHANGE']), 'local');
    await pass(2);
    for (const name of names) await says('READY\n', name);
    bus.supervisorState('STOPPING');
    await pass(hangForS);
    void supervisor.shutdown();
    await pass(endAfterS);
    expect(supervisor.snapshot().map(({ state }) => state)).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
  });

  it.each(['junk\n', 'RESULT what\n'])('that breaks the protocol (%j) is not waited for', async (answer) => {
    const { says, ended, isUp } = await endingWorld();
    await says(answer);
    await ended;
    expect(isUp()).toBe(false);
  });
});

describe('the bus', () => {
  it('looks at no data that nobody subscribes to', async () => {
    const { bus } = await oneListener([comm]);
    const untouchable = new Proxy(new Uint8Array(), { get: () => expect.unreachable() });
    bus.written(source, untouchable);
    bus.captured(source, untouchable);
  });

  it('has no timer while nobody wants ticks', async () => {
    const { clock } = await oneListener([comm]);
    expect(clock.armed).toBe(0);
  });

  it('refuses a second supervisor, and takes it after the first', async () => {
    const { bus, supervisor } = await oneListener(['TICK']);
    expect(() => bus.attach(supervisor)).toThrow(expect.objectContaining({ code: 'conflict' }));
    bus[Symbol.dispose]();
    expect(() => bus.attach(supervisor)()).not.toThrow();
  });

  it('lets go of everything', async () => {
    const { bus, clock, heard, says, pass } = await oneListener(['TICK', comm]);
    bus.remoteCommunication('a', '');
    bus[Symbol.dispose]();
    bus.remoteCommunication('b', '');
    await pass(10);
    await says('READY\n');
    expect(heard()).toEqual([]);
    expect(clock.armed).toBe(0);
  });
});
