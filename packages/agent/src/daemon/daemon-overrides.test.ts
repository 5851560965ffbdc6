import { neutralContext, parseConfig } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { withOverrides } from './daemon-overrides.ts';

function read(text: string) {
  const parsed = parseConfig({ file: 'a.conf', text }, neutralContext());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

describe('withOverrides', () => {
  it('lays what was said over what is written, and leaves the rest of the config as it is', () => {
    const config = read('[supervisord]\nloglevel=warn\nidentifier=file\n[program:a]\ncommand=x\n');
    const overridden = withOverrides(config, { identifier: 'line', nodaemon: true });
    expect(overridden.daemon).toEqual({ ...config.daemon, identifier: 'line', nodaemon: true });
    expect(overridden.groups).toBe(config.groups);
    expect(withOverrides(config, {})).toEqual(config);
  });
});
