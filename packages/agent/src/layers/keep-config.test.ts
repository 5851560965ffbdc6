import { neutralContext, type ParsedConfig, parseConfig } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { ConfigKeeper } from './keep-config.ts';

function configOf(text: string): ParsedConfig {
  const parsed = parseConfig({ file: '/x.conf', text }, neutralContext());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

const before = configOf(
  '[supervisord]\nidentifier=a\nloglevel=debug\n[inet_http_server]\nport=1\n[program:p]\ncommand=p\n',
);
const after = configOf(
  '[supervisord]\nidentifier=b\nloglevel=warn\n[inet_http_server]\nport=2\n[program:q]\ncommand=q\n',
);

describe('ConfigKeeper', () => {
  it('keeps all of what was taken up, and of a reread what that takes up', () => {
    const kept: ParsedConfig[] = [];
    const keeper = new ConfigKeeper({ keep: (config) => void kept.push(config) }, expect.fail);
    keeper.reread(after); // nothing is in force yet
    keeper.tookUp(before);
    keeper.reread(after);
    keeper.tookUp(after);
    expect(kept[0]).toBe(before);
    expect(kept[1]).toMatchObject({
      daemon: { identifier: 'b', loglevel: 'debug' },
      httpServers: before.httpServers,
      groups: after.groups,
    });
    expect(kept.slice(2)).toEqual([after]);
  });

  it('tells what the disk refuses, and goes on', () => {
    const told: string[] = [];
    const keep = () => {
      throw new Error('disk full');
    };
    const keeper = new ConfigKeeper({ keep }, (text) => void told.push(text));
    keeper.tookUp(before);
    keeper.reread(after);
    expect(told).toEqual(Array(2).fill('cannot write down the configuration: disk full'));
  });
});
