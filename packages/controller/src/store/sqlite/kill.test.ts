import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom, systemClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { everything } from '../contract/samples.ts';
import { openSqliteStore } from './open-store.ts';
import { temporaryFolder } from './test-support/temporary-store.ts';

const program = fileURLToPath(new URL('./test-support/append-forever.ts', import.meta.url));

/** Runs the program until it has acknowledged `lines` appends, kills it, and says the last number that it printed. */
async function appendAndKill(folder: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++count === lines) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return last;
}

describe('kill -9 in the middle of appends', () => {
  it('loses nothing that was acknowledged and stores nothing twice', async () => {
    await using folder = await temporaryFolder();
    let acknowledged = 0;
    for (const lines of [1, 20, 60]) acknowledged = await appendAndKill(folder.path, lines);
    await using store = await openSqliteStore({ folder: folder.path, clock: systemClock, random: seededRandom(1) });
    const stored = await store.events.after(0n, everything, 100_000);
    const ackedSeq = await store.events.ackedSeq('id-of-web1', 'epoch-1');
    expect(Number(ackedSeq)).toBeGreaterThanOrEqual(acknowledged);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: Number(ackedSeq) }, (_, i) => BigInt(i + 1)));
    expect(stored.map(({ position }) => position)).toEqual(stored.map((_, i) => BigInt(i + 1)));
  });
});
