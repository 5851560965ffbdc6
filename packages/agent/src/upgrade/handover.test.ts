import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neutralContext, parseConfig } from '@fleetvisor/config';
import { instant } from '@fleetvisor/primitives';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { configHanded, daemonShown, handConfig, showDaemon } from './handed-daemon.ts';
import { descriptorsOf, HANDOVER_VARIABLE, type Handover, takeHandover, writeHandover } from './handover.ts';
import { fromText, toText } from './plain-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-handover-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parsed = parseConfig({ file: 'x.conf', text: '[supervisord]\n[program:web]\ncommand=web\n' }, neutralContext());
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const inForce = parsed.config;

const handover: Handover = {
  ...{ format: 2, pid: process.pid, fromVersion: '1.0.0', at: instant(5), command: undefined },
  daemon: {
    ...{ configFile: 'x.conf', startedIn: '/srv', isForeground: true },
    settings: { endpoints: [], name: 'web1', hostGroups: [], labels: {}, dataDir: '/srv/data' },
    config: handConfig(inForce),
  },
  runs: {
    'web.1': {
      stdin: { fd: 20, waiting: Buffer.from([0, 255, 10]) },
      stdout: { fd: 21, saved: { ansi: 'in-sequence' } },
      lastOutput: Buffer.from('oops'),
    },
  },
  fcgiSockets: { 'php:php unix:///run/php.sock': 22 },
  pools: { nextSerial: 7, pools: {} },
  stragglers: [{ process: { group: 'web', name: '1' }, leader: 70, until: instant(12) }],
  servers: { 'inet::9001': { fd: 23, file: undefined, connections: [24, 25] } },
  heldOutput: { '/dev/stdout': Buffer.from('held') },
};

describe('a handover', () => {
  it('is taken once, by the process that it is for, and readable by nobody else', () => {
    const path = writeHandover(folder, handover);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const env: Record<string, string | undefined> = { [HANDOVER_VARIABLE]: path };
    expect(takeHandover(env)).toEqual({ kind: 'taken', handover });
    expect(existsSync(path)).toBe(false);
    expect(env).toEqual({});
    expect(takeHandover(env)).toEqual({ kind: 'none' });
  });

  it('names every descriptor that stays open', () => {
    expect([...descriptorsOf(handover)].sort()).toEqual([20, 21, 22, 23, 24, 25]);
  });

  it.each([
    ['of another process', toText({ ...handover, pid: 1 }), /it is for process 1$/],
    ['of another format', toText({ ...handover, format: 99 }), /it has the format 99$/],
    ['that is cut short', toText(handover).slice(0, 40), /cannot read the handover/],
  ])('%s is not taken', (_what, text, reason) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, text);
    expect(takeHandover({ [HANDOVER_VARIABLE]: path })).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it('shows the daemon beforehand as it would hand it over, with the configuration in force', () => {
    showDaemon(folder, handover.daemon);
    const shown = daemonShown(folder);
    expect(shown).toEqual(handover.daemon);
    expect(configHanded(shown)).toEqual({ ...inForce, warnings: [], infos: [] });
    // Of a form that another version has for it nothing can be made.
    expect(configHanded({ ...shown, config: { ...shown.config, form: 99 } })).toBeUndefined();
  });

  it('keeps bytes and whole numbers as they are', () => {
    const leaf = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.bigInt(),
      fc.string(),
      fc.integer(),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.array(leaf)), (value) => {
        expect(fromText(toText({ ...value }))).toEqual({ ...value });
      }),
    );
  });
});
