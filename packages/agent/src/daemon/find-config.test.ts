import { describe, expect, it } from 'vitest';
import { findConfig } from './find-config.ts';

const PLACES = [
  ...['/opt/fleet/etc/supervisord.conf', '/opt/fleet/supervisord.conf', 'supervisord.conf', 'etc/supervisord.conf'],
  ...['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'],
];

describe('findConfig', () => {
  it.each(PLACES.map((place, i) => [place, PLACES.slice(i)] as const))(
    'takes %s before those behind it',
    (place, existing) => {
      const found = findConfig('/opt/fleet/bin/fleet-agent', (path) => existing.includes(path));
      expect(found).toEqual({ ok: true, file: place });
    },
  );

  it('says where it has looked', () => {
    expect(findConfig('/opt/fleet/bin/fleet-agent', () => false)).toEqual({
      ok: false,
      message:
        `No config file found at default paths (${PLACES.join(', ')}); use the -c option to specify a config file at a ` +
        'different path',
    });
  });
});
