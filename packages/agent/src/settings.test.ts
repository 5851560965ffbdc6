import type { FleetSpec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { type Machine, type RunFlags, resolveSettings } from './settings.ts';

const flags: RunFlags = { controller: [], name: undefined, group: [], label: [], dataDir: undefined };
const machine: Machine = { hostname: 'web1', uid: 1000, env: { HOME: '/home/ann' }, cwd: '/srv' };
const fleet: FleetSpec = {
  controller: { host: 'c1', port: 7401 },
  name: 'from-config',
  groups: ['web'],
  labels: { region: 'eu', tier: 'front' },
  dataDir: undefined,
  source: { file: 'conf/supervisord.conf', line: 1 },
};

function settingsOf(given: Partial<RunFlags>, section?: FleetSpec, on = machine) {
  return resolveSettings({ ...flags, ...given }, section, 'conf/supervisord.conf', on);
}

function messageFor(given: Partial<RunFlags>, on = machine): string {
  try {
    settingsOf(given, undefined, on);
  } catch (error) {
    if (error instanceof FleetError && error.code === 'invalid') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('resolveSettings', () => {
  it('of an agent alone has the name of the machine and no controller', () => {
    expect(settingsOf({})).toMatchObject({ endpoints: [], name: 'web1', hostGroups: [], labels: {} });
  });

  it('takes what [fleet] says', () => {
    expect(settingsOf({}, fleet)).toMatchObject({
      endpoints: ['c1:7401'],
      name: 'from-config',
      hostGroups: ['web'],
      labels: { region: 'eu', tier: 'front' },
    });
  });

  it('lets flags win, label by label, and whole lists of addresses and groups', () => {
    const given = {
      controller: ['c2:1', '[::1]:2'],
      name: 'flag',
      group: ['a,b', 'c'],
      label: ['region=us', 'disk=ssd,rack=7'],
    };
    expect(settingsOf(given, fleet)).toMatchObject({
      endpoints: ['c2:1', '[::1]:2'],
      name: 'flag',
      hostGroups: ['a', 'b', 'c'],
      labels: { region: 'us', tier: 'front', disk: 'ssd', rack: '7' },
    });
  });

  it.each([
    [{ controller: ['nowhere'] }, /^--controller: /],
    [{ name: 'two words' }, /^--name: /],
    [{ group: ['a b'] }, /^--group: /],
    [{ label: ['colour'] }, /^--label: /],
  ])('refuses %j naming the flag and what is allowed', (given, flag) => {
    expect(messageFor(given)).toMatch(flag);
    expect(messageFor(given)).toContain('; allowed: ');
  });
});

describe('the data folder', () => {
  const dataDir = (on: Partial<Machine>, given: Partial<RunFlags> = {}, configFile = '/etc/a.conf') =>
    resolveSettings({ ...flags, ...given }, undefined, configFile, { ...machine, ...on }).dataDir;

  it('is the one that is named, as seen from the working directory', () => {
    expect(dataDir({}, { dataDir: 'data' })).toBe('/srv/data');
  });

  it('is one of its own for each config file, however it is written', () => {
    expect(dataDir({}, {}, '/etc/a.conf')).toBe(dataDir({ cwd: '/etc' }, {}, './a.conf'));
    expect(dataDir({}, {}, '/etc/a.conf')).not.toBe(dataDir({}, {}, '/etc-a.conf'));
  });

  it('lies in /var/lib for root, and where XDG says for others', () => {
    expect(dataDir({ uid: 0 })).toMatch(/^\/var\/lib\/fleet-agent\/etc-a.conf-[0-9a-f]{8}$/);
    expect(dataDir({})).toMatch(/^\/home\/ann\/\.local\/state\/fleet-agent\/etc-a.conf-/);
    expect(dataDir({ env: { HOME: '/home/ann', XDG_STATE_HOME: '/state' } })).toMatch(/^\/state\/fleet-agent\//);
  });

  it('never lies where one happens to be: a variable that is empty or relative does not count', () => {
    expect(dataDir({ env: { HOME: '/home/ann', XDG_STATE_HOME: '' } })).toMatch(/^\/home\/ann\//);
    expect(dataDir({ env: { HOME: '/home/ann', XDG_STATE_HOME: 'state' } })).toMatch(/^\/home\/ann\//);
    expect(messageFor({}, { ...machine, env: { HOME: '' } })).toContain('name one with --data-dir');
  });

  it('has a name that a file system takes, however deep the config file lies', () => {
    const deep = `/${'deep/'.repeat(100)}a.conf`;
    expect(dataDir({}, {}, deep).split('/').at(-1)?.length).toBeLessThan(200);
    expect(dataDir({}, {}, deep)).not.toBe(dataDir({}, {}, `/x${deep}`));
  });
});
