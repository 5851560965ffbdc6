import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { openFifoPool } from './fifo-pool.ts';
import { findLeftBehind } from './left-behind.ts';

describe('findLeftBehind', () => {
  it('names the programs that still hold pipes of an earlier agent, with their pids', async () => {
    const folder = join(tempFolder(), 'pipes');
    await using pool = openFifoPool({ folder, batch: 2 });
    const stdin = openSync(pool.take('web%3Aapi.7.stdin', undefined), constants.O_RDWR);
    const child = spawn('sleep', ['1000'], { stdio: [stdin, 'ignore', 'ignore'] });
    closeSync(stdin);
    try {
      expect(findLeftBehind(folder)).toMatchObject([{ name: 'web:api', run: 7, child: undefined, pids: [child.pid] }]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(findLeftBehind(folder)).toMatchObject([{ name: 'web:api', run: 7, pids: [] }]);
  });

  it('finds nobody where there was no earlier agent, or where it ended in order', async () => {
    const folder = join(tempFolder(), 'pipes');
    expect(findLeftBehind(folder)).toEqual([]);
    await using _ = openFifoPool({ folder, batch: 2 });
    expect(findLeftBehind(folder)).toEqual([]);
  });
});
