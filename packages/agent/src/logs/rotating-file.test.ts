import { linkSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendFlags } from './log-file.ts';
import { RotatingFile } from './rotating-file.ts';

function open(rotation: { readonly maxBytes: number; readonly backups: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-rotating-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.log');
  const reports: string[] = [];
  const file = new RotatingFile(path, openSync(path, appendFlags, 0o640), rotation, (_, text) => reports.push(text));
  onTestFinished(() => file.close());
  const write = (text: string) => file.write(Buffer.from(text));
  const contents = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  return { folder, path, reports, write, contents };
}

describe('a rotation', () => {
  it('leaves the log, its backups and nothing else', () => {
    const { path, write, contents } = open({ maxBytes: 5, backups: 2 });
    const { mode } = statSync(path);
    for (const text of ['one..', 'two', '...', 'three', 'four']) write(text);
    expect(contents()).toEqual({ 'a.log': 'four', 'a.log.1': 'three', 'a.log.2': 'two...' });
    expect(statSync(path).mode).toBe(mode);
  });

  it('keeps the file that is full, under its new name', () => {
    const { path, write } = open({ maxBytes: 5, backups: 1 });
    const { ino } = statSync(path);
    write('one..');
    expect(statSync(`${path}.1`)).toMatchObject({ ino, nlink: 1 });
  });

  it('makes one backup of a file that an agent was killed over giving its second name', () => {
    const { path, write, contents } = open({ maxBytes: 5, backups: 5 });
    write('one');
    linkSync(path, `${path}.1`);
    write('two');
    expect(contents()).toEqual({ 'a.log': '', 'a.log.1': 'onetwo' });
  });

  it('moves no backup into or beyond a gap, and drops the oldest only where there is none', () => {
    const { path, write, contents } = open({ maxBytes: 5, backups: 3 });
    for (const text of ['first', 'second', 'third', 'fourth']) write(text);
    rmSync(`${path}.1`);
    write('fifth');
    expect(contents()).toEqual({ 'a.log': '', 'a.log.1': 'fifth', 'a.log.2': 'third', 'a.log.3': 'second' });
    write('sixth');
    expect(contents()).toEqual({ 'a.log': '', 'a.log.1': 'sixth', 'a.log.2': 'fifth', 'a.log.3': 'third' });
  });

  it('that cannot be finished leaves the log as it is, and says so', () => {
    const { path, reports, write, contents } = open({ maxBytes: 5, backups: 1 });
    write('one');
    mkdirSync(`${path}.1`);
    write('two');
    write('three');
    rmSync(`${path}.1`, { recursive: true });
    expect(contents()).toEqual({ 'a.log': 'onetwothree' });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatch(/^cannot rotate .*a\.log: E\w+; it goes on growing$/);
  });
});
