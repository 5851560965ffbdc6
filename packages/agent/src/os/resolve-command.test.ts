import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveCommand } from './resolve-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-resolve-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, mode: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

describe('resolveCommand', () => {
  it('takes a path as it is, with its words', () => {
    const path = file('run', 0o755);
    const words = [path, 'a b', 'c'];
    expect(resolveCommand(`${path} "a b" c`, undefined)).toEqual({ kind: 'resolved', file: path, words });
  });

  it('searches PATH and keeps the first word as written', () => {
    file('bin/tool', 0o755);
    const found = resolveCommand('tool -x', `/nonexistent:${folder}/bin`);
    expect(found).toEqual({ kind: 'resolved', file: `${folder}/bin/tool`, words: ['tool', '-x'] });
  });

  it('lets the first existing file decide, executable or not', () => {
    file('first/tool', 0o644);
    file('second/tool', 0o755);
    expect(resolveCommand('tool', `${folder}/first:${folder}/second`)).toEqual({
      kind: 'notExecutable',
      spawnError: `command at '${folder}/first/tool' is not executable`,
    });
  });

  it('puts no second slash behind a folder that ends in one', () => {
    const path = file('slash/tool', 0o755);
    expect(resolveCommand('tool', `${folder}/slash/`)).toMatchObject({ file: path });
  });

  it('searches the usual folders without any PATH', () => {
    expect(resolveCommand('sh', undefined)).toMatchObject({ kind: 'resolved', file: '/bin/sh' });
  });

  it.each([
    ['', 'notExecutable', 'command is empty'],
    ['/bin/echo "foo', 'notExecutable', `can't parse command '/bin/echo "foo': No closing quotation`],
    ['no-such-tool', 'noFile', `can't find command 'no-such-tool'`],
    ['/no/such/file', 'noFile', `can't find command '/no/such/file'`],
    ['/etc/passwd/x', 'noFile', `can't find command '/etc/passwd/x'`],
    ['/etc', 'notExecutable', `command at '/etc' is a directory`],
    ['/etc/passwd', 'notExecutable', `command at '/etc/passwd' is not executable`],
  ])('refuses %j in the words of Supervisor', (command, kind, spawnError) => {
    expect(resolveCommand(command, '/bin:/usr/bin')).toEqual({ kind, spawnError });
  });
});
