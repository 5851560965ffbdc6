import {
  formatProblem,
  HOST_OPTIONS,
  KNOWN_OPTIONS,
  neutralContext,
  type ParsedConfig,
  parseConfig,
} from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { sampleConfig } from './sample-config.ts';

/** Every option and section that is switched off, switched on. */
const uncommented = sampleConfig.replace(/^;(?=\S)/gm, '');

/** A host that has what the sample takes for granted, and checks the rest as every other. */
function parsed(text: string): ParsedConfig {
  const host = { ...neutralContext(), unknownEnv: 'error' as const, hostNodeName: 'web1', homeOf: () => '/home/ann' };
  const result = parseConfig({ file: '/etc/a.conf', text }, host);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

/** Keys by the word before the colon of their section; as written, in whatever section of that kind. */
function optionsByKind(text: string): Map<string, Set<string>> {
  const kinds = new Map<string, Set<string>>();
  let current = new Set<string>();
  for (const line of text.split('\n')) {
    const kind = /^\[([^:\]]+)/.exec(line)?.[1];
    if (kind !== undefined) {
      current = kinds.get(kind) ?? new Set();
      kinds.set(kind, current);
    }
    const key = /^([a-z_.]+) =/.exec(line)?.[1];
    if (key !== undefined) current.add(key);
  }
  return kinds;
}

describe('the sample config', () => {
  it('runs as it stands', () => {
    const { daemon, httpServers, rpcInterfaces, ctl, groups, warnings } = parsed(sampleConfig);
    expect(daemon).toMatchObject({ nodaemon: false, logfile: { path: '/etc/supervisord.log' } });
    expect(httpServers).toMatchObject([{ kind: 'unix', path: '/etc/supervisor.sock' }]);
    expect(rpcInterfaces).toHaveLength(1);
    expect(ctl?.serverurl).toBe('unix:///etc/supervisor.sock');
    expect([groups, warnings]).toEqual([[], []]);
  });

  it('is right in what is switched off', () => {
    const { fleet, httpServers, groups } = parsed(uncommented);
    expect(fleet).toMatchObject({ name: 'web1', groups: ['web'], labels: { region: 'eu', tier: 'front' } });
    expect(httpServers).toHaveLength(2);
    expect(groups.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'eventlistener example-listener',
      'fcgi-program example-fcgi',
      'group example-group',
    ]);
  });

  it('shows defaults as they are', () => {
    const defaults = parsed(
      `[supervisord]\n[program:example]\ncommand = /bin/cat\n[group:example-group]\nprograms=example`,
    );
    const [own] = defaults.groups[0]?.processes ?? [];
    const [shown] = parsed(uncommented).groups.find(({ kind }) => kind === 'group')?.processes ?? [];
    const examples = {
      directory: '/tmp',
      user: 'nobody',
      umask: 0o22,
      environment: expect.anything(),
      source: expect.anything(),
    };
    expect(shown).toEqual({ ...own, ...examples });
  });

  it('has every option of every section, and none that does not exist', () => {
    const shown = optionsByKind(uncommented);
    for (const [kind, options] of Object.entries(HOST_OPTIONS)) {
      expect([kind, [...(shown.get(kind) ?? [])].toSorted()]).toEqual([kind, options.toSorted()]);
    }
    const ofPrograms = shown.get('program') ?? new Set();
    for (const [kind, options] of Object.entries(KNOWN_OPTIONS)) {
      // The other kinds refer to [program:x] for what they share with it.
      const own = shown.get(kind) ?? new Set();
      const isThere = (option: string) => own.has(option) || (kind !== 'group' && ofPrograms.has(option));
      expect([kind, options.filter((option) => !isThere(option))]).toEqual([kind, []]);
      expect([kind, [...own].filter((option) => !(options as readonly string[]).includes(option))]).toEqual([kind, []]);
    }
  });
});
