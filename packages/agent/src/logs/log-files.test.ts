import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { LogFiles } from './log-files.ts';
import { RotatingFile } from './rotating-file.ts';

const parent = mkdtempSync(join(tmpdir(), 'fleet-logs-'));
afterAll(() => rmSync(parent, { recursive: true }));

let folder = '';
let path = '';
let reports: string[] = [];
let files = new LogFiles(() => {});
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'x'));
  path = join(folder, 'a.log');
  reports = [];
  files = new LogFiles((level, message) => reports.push(`${level}: ${message}`));
});

const never = { maxBytes: 0, backups: 0 };
const content = () =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

describe('rotation', () => {
  it('is looked at after each write; .1 is the newest and only `backups` are kept', () => {
    const log = files.open(path, { maxBytes: 10, backups: 2 });
    for (const line of ['one......\n', 'two......\n', 'three....\n', 'four\n']) log.write(Buffer.from(line));
    expect(content()).toEqual({ 'a.log': 'four\n', 'a.log.1': 'three....\n', 'a.log.2': 'two......\n' });
  });

  it('happens at the limit exactly, and leaves an empty file', () => {
    const log = files.open(path, { maxBytes: 4, backups: 1 });
    log.write(Buffer.from('1234'));
    expect(content()).toEqual({ 'a.log': '', 'a.log.1': '1234' });
  });

  it('happens in memory too', () => {
    const inMemory = mkdtempSync('/dev/shm/fleet-logs-');
    const log = files.open(join(inMemory, 'a.log'), { maxBytes: 4, backups: 1 });
    log.write(Buffer.from('1234'));
    log.close();
    expect(readdirSync(inMemory).sort()).toEqual(['a.log', 'a.log.1']);
    rmSync(inMemory, { recursive: true });
  });

  it('without backups truncates', () => {
    const log = files.open(path, { maxBytes: 4, backups: 0 });
    log.write(Buffer.from('12345'));
    log.write(Buffer.from('6'));
    expect(content()).toEqual({ 'a.log': '6' });
  });

  it('counts what was there before', () => {
    const first = files.open(path, never);
    first.write(Buffer.from('123'));
    first.close();
    files.open(path, { maxBytes: 5, backups: 1 }).write(Buffer.from('45'));
    expect(content()).toEqual({ 'a.log': '', 'a.log.1': '12345' });
  });

  it('loses no byte of 20 MB through files of 1 MB', () => {
    const log = files.open(path, { maxBytes: 1024 ** 2, backups: 50 });
    const sent = createHash('sha256');
    for (let i = 0; i < 20 * 32; i++) {
      const chunk = Buffer.alloc(32 * 1024 + (i % 7), `${i} `);
      sent.update(chunk);
      log.write(chunk);
    }
    const kept = createHash('sha256');
    const backups = readdirSync(folder).length - 1;
    for (let number = backups; number >= 1; number--) kept.update(readFileSync(`${path}.${number}`));
    kept.update(readFileSync(path));
    expect(kept.digest('hex')).toBe(sent.digest('hex'));
    expect(backups).toBe(20);
  });

  it('stays in append mode, so that a truncation from outside leaves no hole', () => {
    const log = files.open(path, { maxBytes: 10, backups: 1 });
    log.write(Buffer.from('0123456789'));
    log.write(Buffer.from('abc'));
    truncateSync(path);
    log.write(Buffer.from('defghijk'));
    expect(content()).toEqual({ 'a.log': 'defghijk', 'a.log.1': '0123456789' });
  });

  it('brings back a log that somebody removed', () => {
    const log = files.open(path, { maxBytes: 4, backups: 1 });
    rmSync(path);
    log.write(Buffer.from('1234'));
    log.write(Buffer.from('5'));
    expect(content()).toEqual({ 'a.log': '5' });
  });

  it('that fails leaves the file growing, and is said once', () => {
    const log = files.open(path, { maxBytes: 4, backups: 1 });
    rmSync(folder, { recursive: true });
    for (let i = 0; i < 3; i++) log.write(Buffer.from('12'));
    expect(reports).toEqual([`error: cannot rotate ${path}: ENOENT; it goes on growing`]);
  });
});

describe('a file', () => {
  it('is one for all who write to it', () => {
    const [one, two] = [files.open(path, { maxBytes: 6, backups: 1 }), files.open(path, { maxBytes: 6, backups: 1 })];
    one.write(Buffer.from('123456'));
    two.write(Buffer.from('ab'));
    one.close();
    two.write(Buffer.from('cd'));
    expect(content()).toEqual({ 'a.log': 'abcd', 'a.log.1': '123456' });
  });

  it('can be given other limits while it is written', () => {
    const log = files.open(path, never);
    files.adjust(path, { maxBytes: 2, backups: 1 });
    log.write(Buffer.from('12'));
    expect(existsSync(`${path}.1`)).toBe(true);
  });

  it('is reopened after somebody moved it away', () => {
    const log = files.open(path, never);
    log.write(Buffer.from('one'));
    renameSync(path, `${path}.moved`);
    log.write(Buffer.from('two'));
    files.reopenAll();
    log.write(Buffer.from('three'));
    expect(content()).toEqual({ 'a.log': 'three', 'a.log.moved': 'onetwo' });
  });

  it('is emptied by clear, whether it is written or not; its backups and its mode stay', () => {
    const log = files.open(path, { maxBytes: 4, backups: 1 });
    log.write(Buffer.from('1234'));
    log.write(Buffer.from('5'));
    files.clear(path);
    log.write(Buffer.from('6'));
    expect(content()).toEqual({ 'a.log': '6', 'a.log.1': '1234' });
    log.close();
    chmodSync(path, 0o640);
    files.clear(path);
    expect(content()).toEqual({ 'a.log': '', 'a.log.1': '1234' });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('is not made by clear, and no device is touched', () => {
    files.clear(path);
    files.clear('/dev/null');
    expect(content()).toEqual({});
  });

  it('that is followed while nobody writes it tells of a clear', () => {
    writeFileSync(path, 'old');
    let changes = 0;
    const watch = files.watch(path, () => changes++);
    files.clear(path);
    watch.close();
    expect(changes).toBe(1);
  });

  it('that cannot be opened is an error of the system', () => {
    expect(() => files.open(join(folder, 'no', 'a.log'), never)).toThrow(/ENOENT/);
    expect(() => files.open(folder, never)).toThrow(/EISDIR/);
  });
});

describe('a full disk', () => {
  it('costs bytes, which are counted, and is said once', () => {
    const log = files.open('/dev/full', { maxBytes: 10, backups: 1 });
    for (let i = 0; i < 3; i++) log.write(Buffer.from('12345'));
    expect(reports).toEqual(['error: cannot write /dev/full: ENOSPC; output is lost until it can be written again']);
    expect(log.isBlocked).toBe(false);
  });

  it('that has room again is said too', () => {
    closeSync(openSync(path, 'a'));
    const readOnly = new RotatingFile(path, openSync(path, 'r'), never, (level, text) =>
      reports.push(`${level}: ${text}`),
    );
    expect(readOnly.write(Buffer.from('12345'))).toBe(0);
    expect(readOnly.write(Buffer.from('678'))).toBe(0);
    readOnly.reopen();
    expect(readOnly.write(Buffer.from('9'))).toBe(1);
    expect(reports).toEqual([
      `error: cannot write ${path}: EBADF; output is lost until it can be written again`,
      `warn: ${path} can be written again; 8 bytes of output were lost`,
    ]);
    readOnly.close();
  });
});
