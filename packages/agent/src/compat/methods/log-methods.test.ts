import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../state/fixtures/temp-folder.ts';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const file = (path: string) => ({ ...processSpec('x').stdout, target: { kind: 'file', path } as const });

/** `a` with logs in files, `g:nolog` without. */
function withLogs() {
  const daemon = calledDaemon();
  const folder = tempFolder();
  const out = join(folder, 'a.out');
  const err = join(folder, 'a.err');
  const a = processSpec('a', { autostart: false, stdout: file(out), stderr: file(err) });
  const nolog = processSpec('nolog', { autostart: false });
  daemon.supervisor.addGroup(groupSpec('a', { processes: [a] }), 'local');
  daemon.supervisor.addGroup(groupSpec('g', { processes: [nolog] }), 'local');
  return { ...daemon, folder, out, err };
}

describe('reading the log of a process', () => {
  it.each([
    [0, 0, '0123456789'],
    [0, 5, '01234'],
    [7, 100, '789'],
    [-3, 0, '789'],
    [-100, 0, '0123456789'],
    [30, 5, ''],
    [0, -1, 'FAULT 3 BAD_ARGUMENTS'],
    [-5, 3, 'FAULT 3 BAD_ARGUMENTS'],
  ])('from %i on %i bytes is %j', async (offset, length, text) => {
    const { call, out } = withLogs();
    writeFileSync(out, '0123456789');
    expect(await call('supervisor.readProcessStdoutLog', 'a', offset, length)).toBe(text);
    expect(await call('supervisor.readProcessLog', 'a:a', offset, length)).toBe(text);
  });

  it('has what the process had written before', async () => {
    const { call, supervisor, host, name, out } = withLogs();
    writeFileSync(out, '');
    await supervisor.start(name('a'), { wait: false });
    await call('supervisor.readProcessStdoutLog', 'a', 0, 0);
    await call('supervisor.tailProcessStderrLog', 'a', 0, 10);
    expect(host.collected).toEqual(['a', 'a']);
  });

  it('tells stderr from stdout', async () => {
    const { call, out, err } = withLogs();
    writeFileSync(out, 'out');
    writeFileSync(err, 'err');
    expect(await call('supervisor.readProcessStderrLog', 'a', 0, 0)).toBe('err');
    expect(await call('supervisor.tailProcessStderrLog', 'a', 0, 10)).toEqual(['err', 3, false]);
  });

  it('survives bytes that are no text', async () => {
    const { call, out } = withLogs();
    writeFileSync(out, Buffer.from('\ufeff\u001b[31mgr\u00fc\u00df\xff', 'utf8'));
    expect(await call('supervisor.readProcessStdoutLog', 'a', 0, 0)).toBe('\ufeff\u241b[31mgr\u00fc\u00df\u00ff');
    writeFileSync(out, Buffer.from([0x61, 0xff, 0xc3, 0xa9]));
    expect(await call('supervisor.readProcessStdoutLog', 'a', 0, 0)).toBe('a\ufffd\u00e9');
    expect(await call('supervisor.readProcessStdoutLog', 'a', -1, 0)).toBe('\ufffd');
    expect(await call('supervisor.tailProcessStdoutLog', 'a', 0, 1)).toEqual(['\ufffd', 4, true]);
  });

  it('says where there is no log', async () => {
    const { call, out } = withLogs();
    expect(await call('supervisor.readProcessStdoutLog', 'a', 0, 0)).toBe(`FAULT 20 NO_FILE: ${out}`);
    expect(await call('supervisor.readProcessStdoutLog', 'g:nolog', 0, 0)).toBe('FAULT 20 NO_FILE');
    expect(await call('supervisor.readProcessStdoutLog', 'a', -1, 1)).toBe(`FAULT 20 NO_FILE: ${out}`);
    expect(await call('supervisor.tailProcessStdoutLog', 'a', 0, 10)).toEqual(['', 0, false]);
    expect(await call('supervisor.tailProcessLog', 'g:nolog', 5, 10)).toEqual(['', 0, false]);
  });

  it('fails with the reason where a log cannot be read', async () => {
    const { call, supervisor, folder } = withLogs();
    supervisor.addGroup(
      groupSpec('b', { processes: [processSpec('b', { autostart: false, stdout: file(folder) })] }),
      'local',
    );
    expect(await call('supervisor.readProcessStdoutLog', 'b', 0, 0)).toMatch(/^FAULT 30 FAILED: .+/);
  });

  it.each(['readProcessStdoutLog', 'readProcessStderrLog', 'tailProcessStdoutLog', 'tailProcessStderrLog'])(
    '%s knows neither strangers nor groups',
    async (method) => {
      const { call } = withLogs();
      expect(await call(`supervisor.${method}`, 'ghost', 0, 10)).toBe('FAULT 10 BAD_NAME: ghost');
      expect(await call(`supervisor.${method}`, 'g:*', 0, 10)).toBe('FAULT 10 BAD_NAME: g:*');
    },
  );

  it('tails a log of more than 2 GiB', async () => {
    const { call, out } = withLogs();
    writeFileSync(out, '');
    truncateSync(out, 3 * 1024 ** 3);
    expect(await call('supervisor.tailProcessStdoutLog', 'a', 0, 4)).toEqual(['\u2400'.repeat(4), 2147483647, true]);
    expect(await call('supervisor.readProcessStdoutLog', 'a', -2, 0)).toBe('\u2400'.repeat(2));
  });
});

describe('the main log', () => {
  it('is read as any other', async () => {
    const { call, settings, folder } = withLogs();
    expect(await call('supervisor.readLog', 0, 0)).toBe('FAULT 20 NO_FILE: syslog');
    settings.mainLogPath = join(folder, 'main.log');
    expect(await call('supervisor.readLog', 0, 0)).toBe(`FAULT 20 NO_FILE: ${settings.mainLogPath}`);
    writeFileSync(settings.mainLogPath, 'lines');
    expect(await call('supervisor.readLog', 0, 4)).toBe('line');
    expect(await call('supervisor.readMainLog', -4, 0)).toBe('ines');
    expect(await call('supervisor.readLog', 0, -1)).toBe('FAULT 3 BAD_ARGUMENTS');
  });

  it('is cleared where there is one and it can be', async () => {
    const { call, settings, folder, asked, told } = withLogs();
    expect(await call('supervisor.clearLog')).toBe('FAULT 20 NO_FILE');
    settings.mainLogPath = join(folder, 'main.log');
    expect(await call('supervisor.clearLog')).toBe('FAULT 20 NO_FILE');
    writeFileSync(settings.mainLogPath, 'lines');
    expect(await call('supervisor.clearLog')).toBe(true);
    expect(asked).toEqual(['clear the main log']);
    settings.mainLogFailure = 'cannot clear it: read-only file system';
    expect(await call('supervisor.clearLog')).toBe('FAULT 30 FAILED');
    expect(told).toEqual(['error cannot clear it: read-only file system']);
  });
});

describe('clearing the logs of processes', () => {
  const ok = (name: string, group = name) => ({ name, group, status: 80, description: 'OK' });

  it('clears one, running or not', async () => {
    const { call, logs } = withLogs();
    expect(await call('supervisor.clearProcessLogs', 'a')).toBe(true);
    expect(await call('supervisor.clearProcessLog', 'g:nolog')).toBe(true);
    expect(logs.cleared).toEqual(['a', 'nolog']);
    expect(await call('supervisor.clearProcessLogs', 'ghost')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.clearProcessLogs', 'g:*')).toBe('FAULT 10 BAD_NAME: g:*');
  });

  it('clears all, and one that cannot be is that one alone', async () => {
    const { call, logs, told } = withLogs();
    expect(await call('supervisor.clearAllProcessLogs')).toEqual([ok('a'), ok('nolog', 'g')]);
    logs.clear = ({ name }) => {
      if (name === 'nolog') throw new FleetError('unavailable', 'cannot clear it: EIO');
    };
    const failed = { name: 'nolog', group: 'g', status: 30, description: 'FAILED: g:nolog' };
    expect(await call('supervisor.clearAllProcessLogs')).toEqual([ok('a'), failed]);
    expect(await call('supervisor.clearProcessLogs', 'g:nolog')).toBe('FAULT 30 FAILED: g:nolog');
    expect(told).toEqual(['error cannot clear it: EIO', 'error cannot clear it: EIO']);
  });

  it('goes on when one is removed meanwhile', async () => {
    const { call, supervisor } = withLogs();
    const answer = call('supervisor.clearAllProcessLogs');
    supervisor.removeGroup('g');
    expect(await answer).toEqual([
      ok('a'),
      { name: 'nolog', group: 'g', status: 10, description: 'BAD_NAME: g:nolog' },
    ]);
  });
});
