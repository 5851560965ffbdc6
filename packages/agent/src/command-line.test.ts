import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { type AgentWorld, runAgent } from './command-line.ts';
import { tempFolder } from './state/fixtures/temp-folder.ts';
import { version } from './version.ts';

const broken = '[supervisord]\n[program:a]\nautostart=maybe\ncommand=x\n';

/** Only what ends before anything of this process is touched. Paths of the working folder are printed without it. */
async function said(
  argv: readonly string[],
  { uid = 1000, files = {} }: { uid?: number; files?: Record<string, string> } = {},
) {
  const cwd = tempFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  const printed = { stdout: '', stderr: '' };
  const terminal = { stdout: new PassThrough(), stderr: new PassThrough() };
  const world: AgentWorld = {
    ...{
      clock: new VirtualClock(),
      random: seededRandom(1),
      env: { HOME: cwd },
      cwd,
      argv: [],
      channel: undefined,
      linkProgram: '',
    },
    ...{
      launcher: '/opt/fleet-agent/bin/fleet-agent',
      handover: undefined,
      executable: join(cwd, 'bin/fleet-agent'),
      uid,
      signals: { serve: () => {}, waiting: () => [] },
    },
    stdout: (piece) => {
      printed.stdout += piece;
    },
    stderr: (piece) => {
      printed.stderr += piece;
    },
    terminal: { ...terminal, stdin: () => new PassThrough(), onInterrupt: () => () => {} },
  };
  const code = await runAgent(argv, world);
  for (const name of ['stdout', 'stderr'] as const) {
    terminal[name].end();
    printed[name] = (printed[name] + (await text(terminal[name]))).replaceAll(`${cwd}/`, '');
  }
  return { code, ...printed };
}

describe('fleet-agent', () => {
  it('explains itself', async () => {
    const { code, stdout } = await said(['--help']);
    expect(code).toBe(0);
    for (const verb of ['run', 'supervisord', 'ctl', 'sample-config', 'version'])
      expect(stdout).toContain(`\n  ${verb}`);
    expect(stdout).toContain('Examples:');
    expect(await said([])).toEqual({ code: 2, stdout: '', stderr: stdout });
  });

  it("prints Supervisor's version where a script takes it for supervisord", async () => {
    expect(await said(['supervisord', '--version'])).toEqual({ code: 0, stdout: '4.3.0\n', stderr: '' });
  });

  it.each([['version'], ['--version'], ['-V'], ['run', '-v']])('prints its version (%s %s)', async (...argv) => {
    expect(await said(argv)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('asks back where a verb is mistyped', async () => {
    const { code, stderr } = await said(['supervisor', '-n']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown command 'supervisor'");
    expect(stderr).toContain('Did you mean supervisord?');
  });

  it('names ctl to whoever forgot it', async () => {
    const { code, stderr } = await said(['status', 'web']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n'status' is for one that runs: fleet-agent ctl status\n$/);
  });

  it('prints a config to begin with', async () => {
    const { code, stdout } = await said(['sample-config']);
    expect(code).toBe(0);
    expect(stdout).toContain('\n[supervisord]\n');
    expect(await said(['sample-config', 'x'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('hands what follows ctl to it as it is', async () => {
    expect(await said(['ctl', '--nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Error: option --nonsense not recognized/),
    });
    expect(await said(['help', 'ctl'])).toEqual(await said(['ctl', '-h']));
  });
});

describe.each(['run', 'supervisord'] as const)('fleet-agent %s', (verb) => {
  it('explains itself', async () => {
    const { code, stdout } = await said([verb, '-h']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: fleet-agent ${verb} `));
    expect(stdout).toContain('  -l, --logfile FILE ');
    expect(stdout).toContain('      --controller HOST:PORT ');
    expect(stdout).toContain('\n  /etc/supervisor/supervisord.conf\n');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(128);
    for (const argv of [
      [verb, '--help'],
      [verb, '-?'],
      ['help', verb],
    ])
      expect((await said(argv)).stdout).toBe(stdout);
  });

  it.each([
    ['--nonsense', 'option --nonsense not recognized'],
    ['positional', "positional arguments are not supported: ['positional']"],
    ['-n -n', "conflicting command line option '-n'"],
  ])('refuses %s', async (words, message) => {
    expect(await said([verb, '-c', 'a.conf', ...words.split(' ')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `Error: ${message}\nFor help, use fleet-agent ${verb} -h\n`,
    });
  });

  it('says what is allowed where a value is wrong', async () => {
    const { code, stderr } = await said([verb, '-e', 'loud']);
    expect(code).toBe(2);
    expect(stderr.split('\n')).toEqual([
      "Error: invalid value for -e 'loud': bad logging level name 'loud'",
      'Allowed: critical, error, warn, info, debug, trace, blather',
      `For help, use fleet-agent ${verb} -h`,
      '',
    ]);
  });

  it('reads the config it is told', async () => {
    const { code, stderr } = await said([verb, '-c', 'other.conf'], { files: { 'supervisord.conf': '' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error: could not find config file other\.conf/);
  });

  it('looks for a config where it is told of none', async () => {
    const { code, stderr } = await said([verb], { files: { 'supervisord.conf': broken } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error: .*supervisord\.conf/);
    expect(stderr).toContain("not a valid boolean value: 'maybe'");
  });

  it('warns root of looking for one in a folder where anybody may have put it', async () => {
    const asked = { uid: 0, files: { 'supervisord.conf': broken } };
    expect((await said([verb], asked)).stderr).toMatch(/^Warning: root looks for its config file/);
    expect((await said([verb, '-c', 'supervisord.conf'], asked)).stderr).toMatch(/^Error: /);
  });

  it('tells of an option that does nothing', async () => {
    const { stderr } = await said([verb, '--profile_options', 'calls', '-c', 'x']);
    expect(stderr).toMatch(/^Warning: --profile_options is ignored/);
  });
});
