import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PidFile } from './pid-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-pid-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lines: string[] = [];
const open = () => new PidFile((level, text) => lines.push(`${level}: ${text}`));

describe('PidFile', () => {
  it('has the pid and a newline, moves where a reload says, and goes in the end', () => {
    const first = join(folder, 'first.pid');
    const second = join(folder, 'second.pid');
    {
      using file = open();
      file.write(first);
      expect(readFileSync(first, 'utf8')).toBe(`${process.pid}\n`);
      file.write(second);
      expect(existsSync(first)).toBe(false);
    }
    expect(existsSync(second)).toBe(false);
  });

  it("that is another daemon's by now stays, and so does what is no file", () => {
    const theirs = join(folder, 'theirs.pid');
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    {
      using file = open();
      using other = open();
      file.write(theirs);
      other.write(fifo);
      writeFileSync(theirs, '1\n');
    }
    closeSync(reader);
    expect([readFileSync(theirs, 'utf8'), existsSync(fifo)]).toEqual(['1\n', true]);
  });

  it("that cannot be written is Supervisor's line and the reason, and what lies there stays", () => {
    const path = join(folder, 'taken');
    mkdirSync(path);
    {
      using file = open();
      file.write(path);
    }
    expect(lines).toEqual([`critical: could not write pidfile ${path}`, expect.stringContaining('error: EISDIR')]);
    expect(existsSync(path)).toBe(true);
  });
});
