import type { ConfigProblem, LogTarget } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const problem = (facts: Partial<ConfigProblem>): ConfigProblem => ({
  file: '/etc/s.conf',
  line: 7,
  section: 'program:a',
  option: 'startsecs',
  message: "invalid literal for int() with base 10: 'soon'",
  ...facts,
});

const log = (target: LogTarget, facts: Partial<ReturnType<typeof processSpec>['stdout']> = {}) => ({
  ...processSpec('x').stdout,
  target,
  ...facts,
});

describe('reloadConfig', () => {
  it('answers three lists in one', async () => {
    const { call, settings } = calledDaemon();
    expect(await call('supervisor.reloadConfig')).toEqual([[[], [], []]]);
    settings.changes = { added: ['n'], changed: ['c', 'd'], removed: ['r'] };
    expect(await call('supervisor.reloadConfig')).toEqual([[['n'], ['c', 'd'], ['r']]]);
  });

  it('says the first thing that is wrong in words of Supervisor', async () => {
    const { call, settings } = calledDaemon();
    settings.problems = [problem({}), problem({ message: 'something else' })];
    expect(await call('supervisor.reloadConfig')).toBe(
      "FAULT 92 CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:a' (file: '/etc/s.conf')",
    );
  });

  it.each([
    ['socket', 'Bad socket format x'],
    ['socket_mode', 'socket_owner and socket_mode params should only be used with a Unix domain socket'],
  ])('names section and socket where the socket of a FastCGI program is wrong: %s', async (option, message) => {
    const { call, settings } = calledDaemon();
    settings.problems = [problem({ section: 'fcgi-program:f', option, message })];
    expect(await call('supervisor.reloadConfig')).toBe(`FAULT 92 CANT_REREAD: ${message} in [fcgi-program:f] socket`);
  });

  it('says first of all, and with its place, what is no line of a config file', async () => {
    const { call, settings } = calledDaemon();
    const stray = (line: number, text: string) => problem({ line, option: undefined, message: 'a stray line', text });
    settings.problems = [
      problem({}),
      stray(7, "it's"),
      stray(12, 'rem\tx'),
      { ...stray(1, 'y'), file: '/etc/other.conf' },
    ];
    expect(await call('supervisor.reloadConfig')).toBe(
      `FAULT 92 CANT_REREAD: Source contains parsing errors: '/etc/s.conf'\n\t[line  7]: "it's\\n"\n\t[line 12]: 'rem\\tx\\n'`,
    );
    settings.problems = [{ ...stray(1, 'rem'), section: undefined }];
    expect(await call('supervisor.reloadConfig')).toBe(
      "FAULT 92 CANT_REREAD: File contains no section headers.\nfile: '/etc/s.conf', line: 1\n'rem\\n'",
    );
  });

  it.each([
    ['a section as a whole', problem({ option: undefined, message: "Invalid name: 'a b' because of character: ' '" })],
    [
      'the priority of a group',
      problem({ option: 'priority', message: "invalid literal for int() with base 10: 'x'" }),
    ],
    ['an option of a pool', problem({ section: 'eventlistener:l', option: 'buffer_size', message: 'no number' })],
    ['another kind of section', problem({ section: 'supervisord', message: "not a valid boolean value: 'x'" })],
    [
      'words that name it',
      problem({ section: 'eventlistener:l', message: '[eventlistener:l] section requires an "events" line' }),
    ],
    [
      'the file as a whole',
      problem({ section: undefined, option: undefined, message: 'could not find config file /x' }),
    ],
  ])('adds no section to what is wrong with %s', async (_, wrong) => {
    const { call, settings } = calledDaemon();
    settings.problems = [wrong];
    expect(await call('supervisor.reloadConfig')).toBe(`FAULT 92 CANT_REREAD: ${wrong.message}`);
  });
});

describe('addProcessGroup and removeProcessGroup', () => {
  it('add and remove what is configured, and refuse the rest', async () => {
    const { call, settings, pass, status, supervisor } = calledDaemon();
    settings.configured = [groupSpec('a', { processes: [processSpec('a', { startsecs: 0 })] })];
    supervisor.addGroup(groupSpec('theirs', { processes: [] }), 'fleet');
    expect(await call('supervisor.addProcessGroup', 'ghost')).toBe('FAULT 10 BAD_NAME: ghost');
    expect(await call('supervisor.addProcessGroup', 'a')).toBe(true);
    expect(await call('supervisor.addProcessGroup', 'a')).toBe('FAULT 90 ALREADY_ADDED: a');
    await pass(1);
    expect(status('a').state).toBe('RUNNING');
    expect(await call('supervisor.removeProcessGroup', 'a')).toBe('FAULT 91 STILL_RUNNING: a');
    await call('supervisor.stopProcessGroup', 'a', false);
    await pass(1);
    expect(await call('supervisor.removeProcessGroup', 'a')).toBe(true);
    expect(await call('supervisor.removeProcessGroup', 'a')).toBe('FAULT 10 BAD_NAME: a');
    expect(await call('supervisor.getProcessInfo', 'a')).toBe('FAULT 10 BAD_NAME: a');
    expect(await call('supervisor.removeProcessGroup', 'theirs')).toMatch(
      /^FAULT 30 FAILED: theirs was given .* by the fleet/,
    );
  });
});

describe('getAllConfigInfo', () => {
  it('tells what the files say', async () => {
    const { call, settings, supervisor } = calledDaemon();
    const z = processSpec('z', { autorestart: 'always', autostart: false });
    const a = processSpec('a', {
      autorestart: 'never',
      directory: '/srv',
      user: 'root',
      exitcodes: [0, 2],
      priority: 5,
      stopsignal: 'INT',
      serverurl: 'http://x:1',
      redirectStderr: true,
      stdout: log({ kind: 'file', path: 'rel.log' }, { maxBytes: 2 ** 31, captureMaxBytes: 10, syslog: true }),
    });
    settings.configured = [groupSpec('g', { priority: 7, processes: [z, a] }), groupSpec('b')];
    supervisor.addGroup(groupSpec('b'), 'local');
    const all = await call('supervisor.getAllConfigInfo');
    const stderr = {
      stderr_capture_maxbytes: 0,
      stderr_events_enabled: false,
      stderr_logfile: 'none',
      stderr_logfile_backups: 10,
      stderr_logfile_maxbytes: 52428800,
      stderr_syslog: false,
    };
    expect(all).toEqual([
      {
        autostart: true,
        autorestart: false,
        directory: '/srv',
        uid: 0,
        command: '/bin/a',
        exitcodes: [0, 2],
        group: 'g',
        group_prio: 7,
        inuse: false,
        killasgroup: false,
        name: 'a',
        process_prio: 5,
        redirect_stderr: true,
        startretries: 3,
        startsecs: 1,
        stdout_capture_maxbytes: 10,
        stdout_events_enabled: false,
        stdout_logfile: 'rel.log',
        stdout_logfile_backups: 10,
        stdout_logfile_maxbytes: 2147483647,
        stdout_syslog: true,
        ...stderr,
        stopsignal: 2,
        stopwaitsecs: 10,
        serverurl: 'http://x:1',
      },
      expect.objectContaining({ name: 'b', group: 'b', inuse: true, autorestart: 'unexpected', uid: 'none' }),
      expect.objectContaining({ name: 'z', group: 'g', inuse: false, autorestart: true, directory: 'none' }),
    ]);
  });

  it('shows the file of an AUTO log until the config is read again', async () => {
    const { call, settings, supervisor, logs } = calledDaemon();
    const spec = processSpec('a', { autostart: false, stdout: log({ kind: 'auto' }), stderr: log({ kind: 'none' }) });
    const group = groupSpec('a', { processes: [spec] });
    logs.pathOf = (_, stream) => `/tmp/a-${stream}---supervisor-x.log`;
    supervisor.addGroup(group, 'local');
    settings.configured = [group];
    const path = '/tmp/a-stdout---supervisor-x.log';
    expect(await call('supervisor.getAllConfigInfo')).toMatchObject([{ stdout_logfile: path, stderr_logfile: 'none' }]);
    settings.configured = [structuredClone(group)];
    expect(await call('supervisor.getAllConfigInfo')).toMatchObject([{ stdout_logfile: 'auto', inuse: true }]);
  });
});
