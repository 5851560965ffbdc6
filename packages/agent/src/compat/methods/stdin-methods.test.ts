import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

async function running() {
  const daemon = calledDaemon({ closed: { stdin: 'closed' }, full: { stdin: 'full' }, slow: { diesAfterMs: 5000 } });
  for (const name of ['a', 'closed', 'full', 'slow', 'off']) {
    const spec = processSpec(name, { startsecs: 0, autostart: name !== 'off' });
    daemon.supervisor.addGroup(groupSpec(name, { processes: [spec] }), 'local');
  }
  await daemon.pass(1);
  return daemon;
}

describe('sendProcessStdin', () => {
  it('sends the text as it is', async () => {
    const { call, host } = await running();
    expect(await call('supervisor.sendProcessStdin', 'a', 'hello\nwor')).toBe(true);
    expect(await call('supervisor.sendProcessStdin', 'a:a', 'grüße')).toBe(true);
    expect(await call('supervisor.sendProcessStdin', 'a', '')).toBe(true);
    expect(host.child('a').stdin.join('|')).toBe('hello\nwor|grüße|');
  });

  it.each([
    ['ghost', 'x', '10 BAD_NAME: ghost'],
    ['a:*', 'x', '10 BAD_NAME: a:*'],
    ['off', 'x', '70 NOT_RUNNING: off'],
    ['closed', 'x', '20 NO_FILE: closed'],
    ['full', 'x', '30 FAILED: full does not read its stdin: nothing of this was sent'],
    ['ghost', 7, '2 INCORRECT_PARAMETERS: 7'],
    ['a', ['x'], '2 INCORRECT_PARAMETERS'],
  ])('to %s of %j is refused with %s', async (name, chars, fault) => {
    const { call } = await running();
    expect(await call('supervisor.sendProcessStdin', name, chars)).toBe(`FAULT ${fault}`);
  });

  it('sends nothing to what is being stopped', async () => {
    const { call, host } = await running();
    await call('supervisor.stopProcess', 'slow', false);
    expect(await call('supervisor.sendProcessStdin', 'slow', 'x')).toBe('FAULT 70 NOT_RUNNING: slow');
    expect(host.child('slow').stdin).toEqual([]);
  });
});
