import { describe, expect, it } from 'vitest';
import { childEnvironment, inheritedEnvironment, searchPath } from './environment.ts';
import { programSpec } from './testing/real-host.ts';

describe('childEnvironment', () => {
  it('names the process and its group', () => {
    const spec = programSpec('cat', { group: 'web', name: 'api_00' });
    expect(childEnvironment({ HOME: '/root' }, spec, 'unix:///run/s.sock')).toEqual({
      HOME: '/root',
      SUPERVISOR_ENABLED: '1',
      SUPERVISOR_SERVER_URL: 'unix:///run/s.sock',
      SUPERVISOR_PROCESS_NAME: 'api_00',
      SUPERVISOR_GROUP_NAME: 'web',
    });
  });

  it('knows no server where none listens, and prefers the one the program names', () => {
    expect(childEnvironment({}, programSpec('cat'), undefined)).not.toHaveProperty('SUPERVISOR_SERVER_URL');
    const spec = programSpec('cat', { serverurl: 'http://other:1' });
    expect(childEnvironment({}, spec, 'unix:///a')).toHaveProperty('SUPERVISOR_SERVER_URL', 'http://other:1');
  });

  it('lets the config override everything', () => {
    const spec = programSpec('cat', { environment: { HOME: '/srv', SUPERVISOR_ENABLED: 'yes' } });
    expect(childEnvironment({ HOME: '/root' }, spec, undefined)).toMatchObject({
      HOME: '/srv',
      SUPERVISOR_ENABLED: 'yes',
    });
  });

  it('does not pass on what the launcher told the daemon', () => {
    expect(inheritedEnvironment({ A: '1', FLEET_NOFILE_SOFT: '1024', FLEET_EXECUTABLE: '/a', B: undefined })).toEqual({
      A: '1',
    });
  });

  it('passes on the options that are meant for other Nodes', () => {
    expect(inheritedEnvironment({ FLEET_NODE_OPTIONS: '--inspect' })).toEqual({ NODE_OPTIONS: '--inspect' });
    expect(inheritedEnvironment({ FLEET_NODE_OPTIONS: '' })).toEqual({ NODE_OPTIONS: '' });
  });
});

describe('searchPath', () => {
  it.each([
    [{ PATH: '/own' }, {}, '/own'],
    [{ PATH: '/own' }, { PATH: '/its' }, '/its'],
    [{ PATH: '/own' }, { PATH: '' }, ''],
    [{ PATH: '' }, {}, undefined],
    [{}, {}, undefined],
  ])('of %j and %j', (inherited: Record<string, string>, environment: Record<string, string>, path) => {
    expect(searchPath(inherited, programSpec('cat', { environment }))).toBe(path);
  });
});
