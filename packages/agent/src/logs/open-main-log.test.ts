import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@fleetvisor/primitives';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { LogFiles } from './log-files.ts';
import { type MainLog, type MainLogSettings, openMainLog } from './open-main-log.ts';

const parent = mkdtempSync(join(tmpdir(), 'fleet-main-'));
afterAll(() => rmSync(parent, { recursive: true }));

let folder = '';
let terminal: string[] = [];
let syslog: string[] = [];
let files = new LogFiles(() => {});
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'x'));
  terminal = [];
  syslog = [];
});

const settings = (name: string, over: Partial<MainLogSettings> = {}): MainLogSettings => ({
  logfile: { kind: 'file', path: join(folder, name) },
  logfileMaxBytes: 0,
  logfileBackups: 0,
  loglevel: 'info',
  silent: false,
  ...over,
});

function open(first: MainLogSettings): MainLog {
  files = new LogFiles((level, text) => log.log(level, text));
  const log: MainLog = openMainLog(first, {
    clock: new VirtualClock(),
    files,
    terminal: (text) => terminal.push(text.slice(24)),
    syslog: () => ({ write: (message) => syslog.push(Buffer.from(message).toString().slice(24)) }),
  });
  return log;
}

const content = (name: string) => readFileSync(join(folder, name), 'utf8').replace(/^.{24}/gm, '');

describe('the main log', () => {
  it('goes to its file and to the terminal, without what is below its level', () => {
    using log = open(settings('main.log'));
    log.log('debug', 'no');
    log.log('warn', 'yes');
    expect([log.isLogged('debug'), log.isLogged('info')]).toEqual([false, true]);
    expect([content('main.log'), terminal]).toEqual(['WARN yes\n', ['WARN yes\n']]);
    expect(log.path()).toBe(join(folder, 'main.log'));
  });

  it('goes to the file alone when it is silent', () => {
    using log = open(settings('main.log', { silent: true }));
    log.log('info', 'x');
    expect([content('main.log'), terminal]).toEqual(['INFO x\n', []]);
  });

  it('goes to the system log line by line, each with time and level', () => {
    using log = open(settings('', { logfile: { kind: 'syslog' } }));
    log.log('info', 'one\ntwo\n');
    expect(syslog).toEqual(['INFO one', 'INFO two']);
    expect(log.path()).toBeUndefined();
    log.clear();
  });

  it('is removed and made anew by clear; the terminal has seen it', () => {
    using log = open(settings('main.log'));
    log.log('info', 'old');
    log.clear();
    log.log('info', 'new');
    expect(content('main.log')).toBe('INFO new\n');
    expect(terminal).toEqual(['INFO old\n', 'INFO reopening log file\n', 'INFO new\n']);
  });

  it('rotates', () => {
    using log = open(settings('main.log', { logfileMaxBytes: 10, logfileBackups: 1 }));
    log.log('info', 'one');
    log.log('info', 'two');
    expect([content('main.log'), content('main.log.1')]).toEqual(['', 'INFO two\n']);
  });

  it('is reopened after it was moved away', () => {
    using log = open(settings('main.log'));
    log.log('info', 'one');
    renameSync(join(folder, 'main.log'), join(folder, 'moved'));
    log.log('info', 'two');
    files.reopenAll();
    log.log('info', 'three');
    expect([content('moved'), content('main.log')]).toEqual(['INFO one\nINFO two\n', 'INFO three\n']);
  });
});

describe('other settings', () => {
  it('hold from then on: another file and level', () => {
    using log = open(settings('a.log'));
    log.log('info', 'a');
    log.adopt(settings('b.log', { loglevel: 'debug', silent: true }));
    log.log('debug', 'b');
    expect([content('a.log'), content('b.log'), terminal]).toEqual(['INFO a\n', 'DEBG b\n', ['INFO a\n']]);
    expect(log.path()).toBe(join(folder, 'b.log'));
  });

  it('for the same file leave it open', () => {
    using log = open(settings('a.log'));
    log.log('info', 'one');
    log.adopt(settings('a.log', { logfileMaxBytes: 40, logfileBackups: 1 }));
    log.log('info', 'two');
    expect([content('a.log.1'), content('a.log')]).toEqual(['INFO one\nINFO two\n', '']);
  });

  it('that cannot be had change nothing, and say what to mend', () => {
    using log = open(settings('a.log'));
    const wrong = settings('no/b.log', { loglevel: 'error' });
    expect(() => log.adopt(wrong)).toThrow(/cannot write the log .*no\/b.log: .*mend \[supervisord\] logfile/);
    log.log('info', 'still here');
    expect(content('a.log')).toBe('INFO still here\n');
    expect(log.path()).toBe(join(folder, 'a.log'));
  });
});

it('a main log whose disk is gone goes on', () => {
  mkdirSync(join(folder, 'disk'));
  using log = open(settings('disk/a.log', { logfileMaxBytes: 10, logfileBackups: 1 }));
  rmSync(join(folder, 'disk'), { recursive: true });
  for (const text of ['one', 'two']) log.log('info', text);
  expect(terminal.filter((line) => line.startsWith('INFO'))).toEqual(['INFO one\n', 'INFO two\n']);
  expect(existsSync(join(folder, 'disk'))).toBe(false);
});
