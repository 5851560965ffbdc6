import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { runDaemon } from './run.ts';
import type { RunFlags } from './settings.ts';
import { tempFolder } from './state/fixtures/temp-folder.ts';

const noFlags: RunFlags = { controller: [], name: undefined, group: [], label: [], dataDir: undefined };

/** Only what is refused before anything of this process is touched: the rest is test/e2e's. */
async function refusalOf(config: string | undefined, flags: Partial<RunFlags> = {}) {
  const folder = tempFolder();
  const file = join(folder, 'supervisord.conf');
  if (config !== undefined) writeFileSync(file, config);
  let printed = '';
  const code = await runDaemon(
    { configFile: file, overrides: {}, fleet: { ...noFlags, ...flags }, foreground: true, processName: 'test' },
    {
      clock: new VirtualClock(),
      random: seededRandom(1),
      env: { HOME: folder },
      cwd: folder,
      argv: [],
      channel: undefined,
      executable: 'fleet-agent',
      launcher: '/opt/fleet-agent/bin/fleet-agent',
      handover: undefined,
      linkProgram: '',
      stdout: () => {},
      stderr: (text) => {
        printed += text;
      },
      signals: { serve: () => {}, waiting: () => [] },
    },
  );
  return { code, printed: printed.replaceAll(`${folder}/`, '') };
}

describe('runDaemon', () => {
  it('ends with 2 and one line where there is no config file', async () => {
    expect(await refusalOf(undefined)).toEqual({
      code: 2,
      printed: 'Error: could not find config file supervisord.conf; name an existing one with -c\n',
    });
  });

  it('ends with 2 and all errors of a config, with their number', async () => {
    const { code, printed } = await refusalOf('[supervisord]\n[program:a]\n[program:b]\ncommand=x\nstartsecs=soon\n');
    expect(code).toBe(2);
    expect(printed.split('\n')).toEqual([
      'Error: supervisord.conf has 2 errors; nothing was started',
      expect.stringMatching(/^supervisord.conf:2: \[program:a\] command/),
      expect.stringMatching(/^supervisord.conf:5: \[program:b\] startsecs/),
      '',
    ]);
  });

  it('ends with 2 where a flag makes no sense', async () => {
    const { code, printed } = await refusalOf('[supervisord]\n', { controller: ['nowhere'] });
    expect(code).toBe(2);
    expect(printed).toMatch(/^Error: --controller: .*; allowed: /);
  });
});
