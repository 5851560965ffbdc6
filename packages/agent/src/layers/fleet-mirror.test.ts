import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { offerOf } from './fixtures/layered-host.ts';
import { mirrorFleetFiles } from './fleet-mirror.ts';

const filesOf = (files: Readonly<Record<string, string>>) => offerOf(1, files).files;

describe('mirrorFleetFiles', () => {
  it('copies for the eyes of its user alone, under a line that says what it is', () => {
    const folder = join(tempFolder(), 'fleet.d');
    mirrorFleetFiles(folder, filesOf({ 'web.conf': '[program:web]\n' }));
    expect(readFileSync(join(folder, 'web.conf'), 'utf8')).toMatch(/^# A copy of .*\n\[program:web\]\n$/);
    expect(statSync(join(folder, 'web.conf')).mode & 0o777).toBe(0o400);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('holds no more than the newest files, and replaces those it has', () => {
    const folder = join(tempFolder(), 'fleet.d');
    mirrorFleetFiles(folder, filesOf({ 'web.conf': 'old', 'gone.conf': '' }));
    mirrorFleetFiles(folder, filesOf({ 'web.conf': 'new' }));
    expect(readdirSync(folder)).toEqual(['web.conf']);
    expect(readFileSync(join(folder, 'web.conf'), 'utf8')).toContain('new');
  });

  it('leaves what programs have put there, a folder too', () => {
    const folder = join(tempFolder(), 'fleet.d');
    mirrorFleetFiles(folder, filesOf({ 'web.conf': 'old', 'gone.conf': '' }));
    writeFileSync(join(folder, 'web.log'), 'a line\n');
    mkdirSync(join(folder, 'run'));
    mirrorFleetFiles(folder, filesOf({ 'web.conf': 'new' }));
    expect(readdirSync(folder).toSorted()).toEqual(['run', 'web.conf', 'web.log']);
  });

  it('never leaves its folder, whatever a file is called', () => {
    const home = tempFolder();
    mirrorFleetFiles(join(home, 'fleet.d'), filesOf({ '../../escaped.conf': 'x' }));
    expect(readdirSync(home)).toEqual(['fleet.d']);
    expect(readdirSync(join(home, 'fleet.d'))).toEqual(['escaped.conf']);
  });
});
