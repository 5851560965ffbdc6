import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetError } from '@fleetvisor/primitives';
import { afterAll, describe, expect, it } from 'vitest';
import { openFifoPool } from './fifo-pool.ts';

const parent = mkdtempSync(join(tmpdir(), 'fleet-fifo-'));
afterAll(() => rmSync(parent, { recursive: true }));

describe('FifoPool', () => {
  it('gives FIFOs that only we can open, in a folder that only we can enter', async () => {
    const folder = join(parent, 'rights');
    await using pool = openFifoPool({ folder, batch: 2 });
    const path = pool.take('web:api.1.stdout', undefined);
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(path).toMatch(/\/web:api\.1\.stdout\.\d+$/);
  });

  it('never gives the same one twice, and makes more as it goes', async () => {
    await using pool = openFifoPool({ folder: join(parent, 'many'), batch: 4 });
    const paths = Array.from({ length: 600 }, () => pool.take('x', undefined));
    expect(new Set(paths).size).toBe(600);
    for (const path of paths) pool.discard(path);
  });

  it('empties its folder at first and leaves what is in use', async () => {
    const folder = join(parent, 'left');
    mkdirSync(folder);
    writeFileSync(join(folder, 'of-an-earlier-life'), '');
    const pool = openFifoPool({ folder, batch: 4 });
    pool.take('in-use', undefined);
    await pool[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual(['in-use.1']);
  });

  it('goes on with the stock of an earlier life of this process, and makes none anew', async () => {
    const folder = join(parent, 'stock');
    const first = openFifoPool({ folder, batch: 8 });
    first.take('web.1.stdout', undefined);
    const left = readdirSync(folder);
    await using next = openFifoPool({ folder, batch: 8, hasStock: true, keeps: (name) => name.startsWith('web.1.') });
    expect(readdirSync(folder).toSorted()).toEqual(left.toSorted());
    expect(next.takeOver('web.1.stdout')).toBeDefined();
    // Those that are made later are no others' names.
    const taken = Array.from({ length: 40 }, () => next.take('web.2.stdout', undefined));
    expect(new Set(taken).size).toBe(40);
    expect(taken.every((path) => lstatSync(path).isFIFO())).toBe(true);
    for (const path of taken) next.discard(path);
  });

  it('leaves no folder behind once nothing is in use', async () => {
    const folder = join(parent, 'gone');
    const pool = openFifoPool({ folder, batch: 4 });
    pool.discard(pool.take('x', undefined));
    await pool[Symbol.asyncDispose]();
    expect(existsSync(folder)).toBe(false);
  });

  it('goes on when somebody has tidied the folder away', async () => {
    const folder = join(parent, 'tidied');
    await using pool = openFifoPool({ folder, batch: 4 });
    rmSync(folder, { recursive: true });
    expect(lstatSync(pool.take('x', undefined)).isFIFO()).toBe(true);
  });

  it('follows no link into a folder that it would empty', () => {
    const victim = join(parent, 'victim');
    mkdirSync(victim);
    writeFileSync(join(victim, 'precious'), '');
    symlinkSync(victim, join(parent, 'link'));
    expect(() => openFifoPool({ folder: join(parent, 'link') })).toThrow(FleetError);
    expect(readdirSync(victim)).toEqual(['precious']);
  });

  it('says which folder it cannot use', () => {
    const open = () => openFifoPool({ folder: '/proc/no/such' });
    expect(open).toThrow(FleetError);
    expect(open).toThrow(/cannot use \/proc\/no\/such/);
  });
});
