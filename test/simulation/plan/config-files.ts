/**
 * The config files of the story: those that people push, and each host's own, which people edit. What a version of one says
 * follows from the seed alone.
 */
import type { Random } from '@fleetvisor/primitives';
import { chanceOf, isBy, oneOf, wholeBetween } from '../engine/chance.ts';
import { optionsOf, type ProgramKind } from '../host/behaviours.ts';

export const fileNames = ['web.conf', 'api.conf'] as const;

/** The host groups that each is for. */
export const groupOf: Readonly<Record<string, string>> = { 'web.conf': 'every', 'api.conf': 'odd' };

const wellKinds: readonly ProgramKind[] = ['steady', 'steady', 'slow', 'stubborn', 'flaky', 'once'];
const brokenKinds: readonly ProgramKind[] = ['broken', 'missing'];

/** What is wrong with an edited file: nothing; it cannot be read; it has a program that the fleet may have given the host. */
export const ownFlaws = ['none', 'broken', 'clash'] as const;
export type OwnFlaw = (typeof ownFlaws)[number];

/** Of a host's own config file; version 0 is there from the beginning, and is sound. */
export function ownConfig(seed: number, host: number, version = 0, flaw: OwnFlaw = 'none'): string {
  const random = version === 0 ? chanceOf(seed, 'local', host) : chanceOf(seed, 'local', host, version);
  const kinds: ProgramKind[] = isBy(random, 0.3) ? ['steady', 'flaky'] : ['steady'];
  if (isBy(random, 0.1)) kinds.push('hot');
  const sections = kinds.map((kind) => programSection(`own-${kind}`, kind, 1));
  if (version > 0) sections.push(...editedSections(random));
  if (flaw === 'clash') sections.push(programSection(nameOf('web', 'steady', 0), 'steady', 1));
  if (flaw === 'broken') sections.push('[program:own-torn]\nautostart=perhaps\n');
  return `[supervisord]\n; version ${version}\n${sections.join('')}`;
}

/** Programs that come and go, and one whose options change: the group of that name is then another one. */
function editedSections(random: Random): string[] {
  const kind = oneOf(random, wellKinds);
  const changed = `${programSection('own-changing-steady', 'steady', 1)}startretries=${wholeBetween(random, 3, 9)}\n`;
  return [programSection(`own-more-${kind}`, kind, 1), ...(isBy(random, 0.7) ? [changed] : [])];
}

/** @param isBroken something in it never comes up: its rollout must fail */
export function fleetFile(seed: number, file: string, version: number, isBroken: boolean): string {
  const random = chanceOf(seed, 'file', file, version);
  const stem = file.replace('.conf', '');
  const count = wholeBetween(random, 1, 3);
  const programs = Array.from({ length: count }, (_, nth) => ({ nth, kind: oneOf(random, wellKinds) }));
  if (isBroken) programs.push({ nth: count, kind: oneOf(random, brokenKinds) });
  const sections = programs.map(({ nth, kind }) => {
    const processes = kind === 'steady' && isBy(random, 0.3) ? 2 : 1;
    return programSection(nameOf(stem, kind, nth), kind, processes);
  });
  return `; version ${version}\n${sections.join('')}`;
}

function nameOf(stem: string, kind: ProgramKind, nth: number): string {
  return `${stem}-${kind}-${nth}`;
}

function programSection(name: string, kind: ProgramKind, processes: number): string {
  const many = processes === 1 ? [] : [`numprocs=${processes}`, 'process_name=%(program_name)s-%(process_num)d'];
  return [`[program:${name}]`, `command=/bin/${name}`, ...optionsOf[kind], ...many, ''].join('\n');
}
