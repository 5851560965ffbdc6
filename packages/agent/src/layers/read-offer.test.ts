import { neutralContext } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { offerOf } from './fixtures/layered-host.ts';
import { offerReader } from './read-offer.ts';

const read = offerReader({ ...neutralContext(), here: '/data/fleet.d' }, { environment: { ZONE: 'a' } });
const filesOf = (files: Readonly<Record<string, string>>) => offerOf(1, files).files;
const program = (name: string, command = `/bin/${name}`) => `[program:${name}]\ncommand=${command}\n`;

describe('offerReader', () => {
  it('makes one layer of all files, with the environment of the host and its own folder', () => {
    const result = read(filesOf({ 'b.conf': program('b', '%(here)s/b'), 'a.conf': program('a') }), []);
    expect(result).toMatchObject({ ok: true, groups: [{ name: 'a' }, { name: 'b' }] });
    expect(result.ok && result.groups[1]?.processes[0]).toMatchObject({
      command: '/data/fleet.d/b',
      environment: { ZONE: 'a' },
    });
  });

  it('tells all that is wrong at once, and what there is nothing wrong with', () => {
    const files = filesOf({
      'a.conf': 'nonsense',
      'b.conf': program('mine') + program('fine'),
      'c.conf':
        '[fcgi-program:f]\ncommand=/bin/f\nsocket=tcp://localhost:1\n[eventlistener:e]\ncommand=/bin/e\nevents=TICK_5\n',
    });
    const result = read(files, [groupSpec('mine')]);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ file: 'a.conf' }, { section: 'program:mine' }],
      sound: [{ name: 'e' }, { name: 'f' }, { name: 'fine' }],
    });
  });

  it('refuses a program that the host has in a group, and takes the rest', () => {
    const local = [groupSpec('pool', { processes: [processSpec('w', { program: 'worker' })] })];
    const result = read(filesOf({ 'a.conf': program('worker') + program('pools') }), local);
    expect(result).toMatchObject({ ok: false, problems: [{ line: 1 }], sound: [{ name: 'pools' }] });
  });

  it('finds nothing sound where two files define the same', () => {
    const result = read(filesOf({ 'a.conf': program('x'), 'b.conf': program('x') }), []);
    expect(result).toMatchObject({ ok: false, problems: [{ file: 'b.conf' }], sound: [] });
  });
});
