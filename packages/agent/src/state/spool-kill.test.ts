/** kill -9 of a process that spools, at random moments between any two instructions, over and over on one database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom, systemClock, systemRandom } from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import { expect, it, onTestFinished } from 'vitest';
import { openAgentDb } from './agent-db.ts';
import { lifeOf } from './fixtures/events.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { Spool } from './spool.ts';
import { SpoolTable } from './spool-table.ts';

const program = fileURLToPath(new URL('./fixtures/spool-until-killed.ts', import.meta.url));
const kills = 12;

/** @returns what the process handed out, by number, until it was killed so long after its first word */
async function spoolAndKill(folder: string, life: string, afterMs: number): Promise<ReadonlyMap<bigint, string>> {
  const child = spawn(process.execPath, [program, folder, life], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const handedOut = new Map<bigint, string>();
  let killing: Promise<unknown> | undefined;
  for await (const line of createInterface(child.stdout)) {
    const [, seq = '', of = ''] = line.split(' ');
    handedOut.set(BigInt(seq), of);
    killing ??= wait(afterMs).then(() => child.kill('SIGKILL'));
  }
  await killing;
  expect((await exited)[1]).toBe('SIGKILL');
  return handedOut;
}

interface Kept {
  readonly firstSeq: bigint;
  readonly seq: bigint;
  /** Empty for a tombstone. */
  readonly life: string;
}

/** Everything that is in the spool, and where it stands. */
async function look(folder: string) {
  await using db = openAgentDb(folder);
  await using spool = new Spool(db, {
    clock: systemClock,
    random: systemRandom,
    onTrouble: (error) => {
      throw error;
    },
  });
  const kept = new SpoolTable(db).after(0n, -1).map(({ firstSeq, seq, body }): Kept => {
    return { firstSeq, seq, life: lifeOf(EventBody.decode(body)) };
  });
  return { kept, position: spool.position, bytes: spool.bytes };
}

it('an agent killed at any moment finds every event again that it has handed out, and no number twice', async () => {
  const folder = tempFolder();
  const random = seededRandom(20);
  const handedOut = new Map<bigint, string>();
  let tombstones = 0;
  for (let life = 1; life <= kills; life++) {
    const out = await spoolAndKill(folder, `life${life}`, random.next() * 120);
    for (const [seq, of] of out) {
      // What was handed out once means the same for ever.
      if (of !== '') expect(`${seq} of ${handedOut.get(seq) ?? of}`).toBe(`${seq} of ${of}`);
      handedOut.set(seq, of);
    }
    const { kept, position, bytes } = await look(folder);
    // Without a gap: what was dropped has a tombstone.
    for (const [i, { firstSeq }] of kept.entries()) {
      const before = kept[i - 1];
      if (before !== undefined) expect(firstSeq).toBe(before.seq + 1n);
    }
    expect(position.nextSeq).toBe((kept.at(-1)?.seq ?? 0n) + 1n);
    for (const { seq, life: of } of kept) if (handedOut.has(seq)) expect(of).toBe(handedOut.get(seq));
    // What is neither acknowledged nor there would be lost.
    const first = kept[0]?.firstSeq ?? 0n;
    for (const seq of handedOut.keys()) if (seq > position.ackedSeq) expect(seq).toBeGreaterThanOrEqual(first);
    expect(bytes).toBeLessThan(64 * 1024 + 60 * 1024);
    tombstones += kept.filter(({ life: of }) => of === '').length;
  }
  expect(handedOut.size).toBeGreaterThan(100);
  expect(tombstones).toBeGreaterThan(0);
}, 120_000);
