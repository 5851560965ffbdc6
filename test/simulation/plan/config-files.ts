/** The config files that people of the story push: what a version of one says follows from the seed alone. */
import { chanceOf, isBy, oneOf, wholeBetween } from '../engine/chance.ts';
import { optionsOf, type ProgramKind } from '../host/behaviours.ts';

export const fileNames = ['web.conf', 'api.conf'] as const;

/** The host groups that each is for. */
export const groupOf: Readonly<Record<string, string>> = { 'web.conf': 'every', 'api.conf': 'odd' };

const wellKinds: readonly ProgramKind[] = ['steady', 'steady', 'slow', 'stubborn', 'flaky', 'once'];
const brokenKinds: readonly ProgramKind[] = ['broken', 'missing'];

/** Of a host's own config file, which nobody changes. */
export function localConfig(seed: number, host: number): string {
  const random = chanceOf(seed, 'local', host);
  const kinds: ProgramKind[] = isBy(random, 0.3) ? ['steady', 'flaky'] : ['steady'];
  if (isBy(random, 0.1)) kinds.push('hot');
  return `[supervisord]\n${kinds.map((kind) => programSection(`own-${kind}`, kind, 1)).join('')}`;
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
    return programSection(`${stem}-${kind}-${nth}`, kind, processes);
  });
  return `; version ${version}\n${sections.join('')}`;
}

function programSection(name: string, kind: ProgramKind, processes: number): string {
  const many = processes === 1 ? [] : [`numprocs=${processes}`, 'process_name=%(program_name)s-%(process_num)d'];
  return [`[program:${name}]`, `command=/bin/${name}`, ...optionsOf[kind], ...many, ''].join('\n');
}
