import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { superviseFake } from '../supervision/testing/supervised-world.ts';
import { openAgentDb } from './agent-db.ts';
import { fillDisk } from './fixtures/full-disk.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { keepStops } from './keep-stops.ts';
import { StoppedByHand } from './stopped-by-hand.ts';

async function keptWorld(behaviours: Parameters<typeof superviseFake>[0] = {}) {
  const db = openAgentDb(tempFolder());
  const stops = new StoppedByHand(db);
  const world = superviseFake(behaviours);
  const { supervisor } = world;
  const troubles: string[] = [];
  const onTrouble = (message: string) => void troubles.push(message);
  const keeper = keepStops(supervisor, stops, { onTrouble });
  supervisor.subscribe(keeper);
  for (const name of ['web', 'db']) supervisor.addGroup(groupSpec(name), 'local');
  await world.pass(2);
  const byHand = async (name: string) => {
    const stopped = supervisor.stop(world.name(name), { byHand: true });
    await world.pass(1);
    return stopped;
  };
  const written = () => stops.all().map(({ name }) => name);
  return { ...world, db, stops, keeper, troubles, onTrouble, byHand, written };
}

describe('keepStops', () => {
  it('writes down what a person stops, and no other stop', async () => {
    const { supervisor, byHand, written, name, pass, db } = await keptWorld();
    await using _ = db;
    await byHand('web');
    const stopped = supervisor.stop(name('db'), { byHand: false });
    await pass(1);
    await stopped;
    expect(written()).toEqual(['web']);
  });

  it('writes it down at once: the agent may crash while the program takes its time', async () => {
    const { supervisor, written, name, pass, db, status } = await keptWorld({ web: { diesAfterMs: 5000 } });
    await using _ = db;
    const stopped = supervisor.stop(name('web'), { byHand: true });
    await pass(1);
    expect(status('web').state).toBe('STOPPING');
    expect(written()).toEqual(['web']);
    await pass(5);
    await stopped;
    expect(written()).toEqual(['web']);
  });

  it('forgets it once the person starts it again, or it is no more', async () => {
    const { supervisor, keeper, byHand, written, name, pass, db } = await keptWorld();
    await using _ = db;
    await byHand('web');
    await byHand('db');
    const started = supervisor.start(name('web'));
    await pass(2);
    await started;
    expect(written()).toEqual(['db']);
    supervisor.removeGroup('db');
    keeper.flush();
    expect(written()).toEqual([]);
  });

  it('writes once what one turn brings, and what still waits at the end', async () => {
    const { supervisor, keeper, written, name, db } = await keptWorld();
    await using _ = db;
    let transactions = 0;
    const { transaction } = db;
    db.transaction = (work) => {
      transactions++;
      return transaction.call(db, work) as ReturnType<typeof work>; // call drops the type parameter
    };
    void supervisor.stop(name('web'), { byHand: true });
    void supervisor.stop(name('db'), { byHand: true });
    expect(transactions).toBe(0);
    keeper[Symbol.dispose]();
    expect(written()).toEqual(['db', 'web']);
    expect(transactions).toBe(1);
  });

  it('keeps what an earlier life wrote of processes that it has not seen yet', async () => {
    const { supervisor, stops, onTrouble, written, db } = await keptWorld();
    await using _ = db;
    stops.mark([{ group: 'later', name: 'later' }], true);
    const again = keepStops(supervisor, stops, { onTrouble });
    again.statusChanged?.({ group: 'web', name: 'web' });
    again.flush();
    expect(written()).toEqual(['later']);
  });

  it('hurts nobody while the disk is full, and writes it down with the next news of the process', async () => {
    const { supervisor, byHand, written, troubles, status, name, pass, db } = await keptWorld();
    await using _ = db;
    const free = fillDisk(db);
    expect(await byHand('web')).toBe('stopped');
    expect(status('db').state).toBe('RUNNING');
    expect(troubles[0]).toBe('cannot write down what was stopped by hand: database or disk is full');
    free();
    expect(written()).toEqual([]);
    // Any news of it will do.
    const [group, spec] = [groupSpec('web'), processSpec('web')];
    await supervisor.apply({ kind: 'adjust-process', group, spec, changed: [], reason: 'test' }, 'local');
    await pass(1);
    expect(written()).toEqual([name('web').name]);
  });
});
