import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { formatListenAddress, listenFailure, parseListenAddress } from './listen-address.ts';
import { parseControllerIni, resolveSettings, settingDefaults } from './settings.ts';

describe('settings', () => {
  it('are the defaults when nothing is said', () => {
    expect(resolveSettings({}, {}, 'controller.ini')).toEqual({
      dataDir: '/var/lib/fleet-controller',
      api: { host: '127.0.0.1', port: 7400 },
      link: { host: '127.0.0.1', port: 7401 },
      http: { host: '127.0.0.1', port: 7402 },
      logLevel: 'info',
      logFormat: 'text',
      retainDays: 90,
    });
  });

  it('take flags over the file over the defaults', () => {
    const file = parseControllerIni('[controller]\ndata = /srv/fleet\napi=127.0.0.1:1\nretain-days = 7\n', 'c.ini');
    const settings = resolveSettings({ api: '[::1]:2' }, file, 'c.ini');
    expect(settings).toMatchObject({ dataDir: '/srv/fleet', api: { host: '::1', port: 2 }, retainDays: 7 });
  });

  const mistakes: [string, string, RegExp][] = [
    ['a stray section', '[agents]\nx=1', /c\.ini: 'agents' does not belong here/],
    ['an option without a section', 'data=/srv', /c\.ini: 'data' does not belong here/],
    ['a misspelt option', '[controller]\nretain_days=3', /no option 'retain_days'; it has: data, api/],
    ['a number that is none', '[controller]\nretain-days=many', /c\.ini: retain-days: 'many' is not a number of days/],
    ['a word that is none', '[controller]\nlog-level=loud', /c\.ini: log-level: 'loud' is not one of trace, debug/],
    ['an address that is none', '[controller]\napi=7400', /c\.ini: api: '7400' is not an address/],
    ['a port too high', '[controller]\napi=localhost:70000', /'localhost:70000' is not an address/],
  ];
  it.each(mistakes)('refuse %s', (_name, text, message) => {
    expect(() => resolveSettings({}, parseControllerIni(text, 'c.ini'), 'c.ini')).toThrow(message);
  });

  it('know no setting of the prototype', () => {
    expect(() => parseControllerIni('[controller]\nconstructor=1', 'c.ini')).toThrow(/no option 'constructor'/);
    expect(Object.keys(settingDefaults)).toContain('retain-days');
  });
});

describe('listen addresses', () => {
  it.each(['127.0.0.1:7400', 'localhost:0', '[::1]:7400', '127.8.9.1:1'])('accept %s', (text) => {
    expect(formatListenAddress(parseListenAddress(text, '--api'))).toBe(text);
  });

  it.each(['0.0.0.0:7400', '10.0.0.1:7400', '[::]:7400', 'controller.example:7400', '127.0.0.1.evil.example:7400'])(
    'refuse %s, which others could reach',
    (text) => {
      expect(() => parseListenAddress(text, '--link')).toThrow(/--link: will not listen on .* no authentication/);
    },
  );

  it('say what to do when a port is taken', () => {
    const address = parseListenAddress('127.0.0.1:7401', '--link');
    const failure = listenFailure(new Error('listen EADDRINUSE: address already in use'), 'agents', address, '--link');
    expect(failure).toBeInstanceOf(FleetError);
    expect(failure.message).toMatch(/cannot listen on 127\.0\.0\.1:7401 for agents: another program holds that port/);
    expect(failure.message).toMatch(/--link HOST:PORT/);
  });
});
