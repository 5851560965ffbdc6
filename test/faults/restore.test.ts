/** A database that is damaged, and one that is put back from a backup: what the controller lost comes from the agents. */
import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../support/proc.ts';
import { bin, runToEnd } from '../support/program.ts';
import { until } from '../support/until.ts';
import { type CentralEvent, readHistory } from './central-history.ts';
import { FaultyFleet } from './faulty-fleet.ts';

let faulty: FaultyFleet;

beforeAll(async () => {
  faulty = await FaultyFleet.start({ hosts: 2, programsPerHost: 3 });
}, 60_000);

afterAll(() => faulty?.[Symbol.asyncDispose]());

const inData = (name: string) => join(faulty.fleet.folder, 'controller', name);
const lastKilled = async (pid: number) =>
  (await readHistory(faulty.fleet)).find(({ kind, details }) => kind === 'crash' && details.pid === pid);

/** A crash that is known to be in the central history. */
async function crashThatIsStored(host: string): Promise<CentralEvent> {
  const pid = await until('a program runs', () => faulty.killProgram(host, 'd1'));
  return until('its crash is stored', () => lastKilled(pid));
}

describe('the database of a controller', () => {
  it('put back from a backup is recognised, and the agents send what it lost', async () => {
    const { fleet } = faulty;
    const kept = await crashThatIsStored('h1');
    await fleet.end('controller');
    copyFileSync(inData('controller.db'), inData('backup'));
    await fleet.startController();
    await fleet.allOnline(faulty.names);
    const lost = [await crashThatIsStored('h1'), await crashThatIsStored('h2')];
    const incarnationBefore = await incarnation();

    await fleet.end('controller', 'SIGKILL');
    for (const name of ['controller.db-wal', 'controller.db-shm']) rmSync(inData(name), { force: true });
    copyFileSync(inData('backup'), inData('controller.db'));
    await fleet.startController();
    await fleet.allOnline(faulty.names, 40_000);
    expect(await incarnation()).not.toBe(incarnationBefore);
    for (const event of lost) {
      const again = await until('what was lost is there again', () => lastKilled(event.details.pid ?? 0));
      // Nobody who reads on from a position of before can take it for what was there.
      expect(again).toMatchObject({ hostId: event.hostId, epoch: event.epoch, seq: event.seq });
      expect(again.position).toBeGreaterThan(1_000_000_000);
    }
    expect(await lastKilled(kept.details.pid ?? 0)).toEqual(kept);
  }, 90_000);

  it('that is cut off is not used: the controller says what to do, and the agents go on', async () => {
    const { fleet } = faulty;
    await fleet.end('controller');
    copyFileSync(inData('controller.db'), inData('backup'));
    truncateSync(inData('controller.db'), Math.floor(statSync(inData('controller.db')).size / 2));
    const { api, link, http } = fleet.ports;
    const args = ['run', '--data', join(fleet.folder, 'controller'), '--api', api, '--link', link, '--http', http];
    const failed = await runToEnd(bin('fleet-controller'), args);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^fleet-controller: cannot use .*controller\.db: it is damaged.*restore a backup/);
    const pid = await until('a program runs', () => faulty.killProgram('h2', 'd2'));
    const next = await until('it is started again', () => faulty.runs('h2', 'd2').findLast((run) => run.pid !== pid));
    expect(isAlive(next.pid)).toBe(true);

    copyFileSync(inData('backup'), inData('controller.db'));
    await fleet.startController();
    await fleet.allOnline(faulty.names, 40_000);
    await until('what happened meanwhile is stored', () => lastKilled(pid));
    await faulty.rest();
    expect(await faulty.lastingFaults()).toEqual([]);
  }, 90_000);
});

async function incarnation(): Promise<string> {
  const history = await readHistory(faulty.fleet);
  return history.findLast(({ kind }) => kind === 'controllerStarted')?.epoch ?? '';
}
