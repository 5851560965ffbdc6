import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const ok = (name: string, group = name) => ({ name, group, status: 80, description: 'OK' });
const ignoresAll = { ignores: ['HUP', 'USR1', 'TERM'] };

/** `g:x` runs, `g:y` does not, `a` runs, `slow` is being stopped. */
async function running() {
  const daemon = calledDaemon({ x: ignoresAll, a: ignoresAll, slow: ignoresAll });
  const x = processSpec('x', { startsecs: 0 });
  const y = processSpec('y', { autostart: false });
  daemon.supervisor.addGroup(groupSpec('g', { processes: [x, y] }), 'local');
  for (const name of ['a', 'slow']) {
    daemon.supervisor.addGroup(groupSpec(name, { processes: [processSpec(name, { startsecs: 0 })] }), 'local');
  }
  await daemon.pass(1);
  await daemon.call('supervisor.stopProcess', 'slow', false);
  return daemon;
}

describe('signalProcess', () => {
  it.each(['HUP', 'sighup', ' hup ', '1', 1, true])('takes %j', async (signal) => {
    const { call, host } = await running();
    expect(await call('supervisor.signalProcess', 'a', signal)).toBe(true);
    expect(host.child('a').signals).toEqual(['HUP']);
  });

  it('takes 0, which only asks whether there is anybody', async () => {
    const { call, host } = await running();
    expect(await call('supervisor.signalProcess', 'a', 0)).toBe(true);
    expect(host.child('a').signals).toEqual([]);
  });

  it.each(['NOPE', '999', 999, -1, '', 'SIG', '35'])('knows no signal %j', async (signal) => {
    const { call } = await running();
    expect(await call('supervisor.signalProcess', 'a', signal)).toBe(`FAULT 11 BAD_SIGNAL: ${signal}`);
  });

  it('looks at the name first, then at the signal, then at the state', async () => {
    const { call } = await running();
    expect(await call('supervisor.signalProcess', 'ghost', 'NOPE')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.signalProcess', 'g:y', 'NOPE')).toBe('FAULT 11 BAD_SIGNAL: NOPE');
    expect(await call('supervisor.signalProcess', 'g:y', 'HUP')).toBe('FAULT 70 NOT_RUNNING: g:y');
  });

  it('reaches what is being stopped', async () => {
    const { call, host } = await running();
    expect(await call('supervisor.signalProcess', 'slow', 'USR1')).toBe(true);
    expect(host.child('slow').signals).toEqual(['TERM', 'USR1']);
  });

  it('fails where the child may not be signalled, which then nobody knows', async () => {
    const { supervisor, call, pass } = calledDaemon({ a: { refuses: true } });
    supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', { startsecs: 0 })] }), 'local');
    await pass(1);
    const detail = 'unknown problem sending sig a (1000): the main log says why';
    expect(await call('supervisor.signalProcess', 'a', 'HUP')).toBe(`FAULT 30 FAILED: ${detail}`);
    expect(await call('supervisor.signalProcess', 'a', 'HUP')).toBe('FAULT 70 NOT_RUNNING: a');
  });
});

describe('signalProcessGroup and signalAllProcesses', () => {
  it('reach what has a child and leave the rest out', async () => {
    const { call, host } = await running();
    expect(await call('supervisor.signalProcessGroup', 'g', 'HUP')).toEqual([ok('x', 'g')]);
    expect(await call('supervisor.signalProcess', 'g:*', 'USR1')).toEqual([ok('x', 'g')]);
    expect(await call('supervisor.signalAllProcesses', 10)).toEqual([ok('x', 'g'), ok('a'), ok('slow')]);
    expect(host.child('g', 'x').signals).toEqual(['HUP', 'USR1', 'USR1']);
  });

  it('tell of a bad signal for each that would have got it', async () => {
    const { call } = await running();
    expect(await call('supervisor.signalProcessGroup', 'g', 'NOPE')).toEqual([
      { name: 'x', group: 'g', status: 11, description: 'BAD_SIGNAL: NOPE' },
    ]);
    expect(await call('supervisor.signalProcessGroup', 'ghost', 'NOPE')).toBe('FAULT 10 BAD_NAME: ghost');
  });
});
