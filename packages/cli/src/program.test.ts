/** The command line as a whole: help, what is refused, and what is suggested. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { allCommands } from './commands/all-commands.ts';
import { exitCode } from './exit-code.ts';
import { run } from './testing/test-world.ts';
import { version } from './version.ts';

describe('fleetctl', () => {
  it.each(allCommands.map(({ name }) => name))('%s --help has examples', async (name) => {
    const ran = await run([...name.split(' '), '--help']);
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
    expect(ran.stdout).toMatch(/^Usage: fleetctl/);
    expect(ran.stdout).toMatch(/\nExamples:\n {2}fleetctl /);
  });

  it('helps', async () => {
    for (const argv of [['help'], ['--help']]) {
      const ran = await run(argv);
      expect(ran.code).toBe(exitCode.ok);
      expect(ran.stdout).toMatch(/Exit codes:\n +0 {2}done/);
    }
    const ran = await run(['help', 'tail']);
    expect(ran.stdout).toMatch(/^Usage: fleetctl tail/);
    expect((await run(['help', 'config'])).stdout).toMatch(/^Usage: fleetctl config COMMAND/);
    expect((await run(['help', 'config', 'push'])).stdout).toMatch(/^Usage: fleetctl config push /);
    expect((await run(['help', 'hosts', 'forget'])).stdout).toMatch(/^Usage: fleetctl hosts forget /);
  });

  it('has every exit code in the reference', async () => {
    const reference = await readFile(new URL('../../../docs/reference/fleetctl.md', import.meta.url), 'utf8');
    for (const code of Object.values(exitCode)) {
      expect(reference).toMatch(new RegExp(`^\\| (?:\\d+, )*${code}(?:, \\d+)* \\|`, 'm'));
    }
  });

  it('has every command in the reference', async () => {
    const reference = await readFile(new URL('../../../docs/reference/fleetctl.md', import.meta.url), 'utf8');
    for (const { name } of allCommands) expect(reference).toContain(`\`fleetctl ${name}`);
  });

  it('says its version', async () => {
    expect(await run(['--version'])).toMatchObject({ code: exitCode.ok, stdout: `fleetctl ${version}\n` });
    expect(await run(['version', '--client'])).toMatchObject({ code: exitCode.ok, stdout: `fleetctl ${version}\n` });
  });

  it.each<[string, string[], RegExp]>([
    ['nothing', [], /^Usage: fleetctl/],
    ['an unknown command', ['restrat'], /unknown command 'restrat'\n\(Did you mean restart\?\)/],
    ['an unknown config command', ['config', 'pish'], /unknown command 'pish'\n\(Did you mean push\?\)/],
    [
      'an unknown hosts command',
      ['hosts', 'forgt', 'x'],
      /'hosts' knows no 'forgt': did you mean fleetctl hosts forget or --host forgt\?/,
    ],
    ['half a command', ['config'], /^Usage: fleetctl config/],
    ['an unknown option', ['status', '--hots', 'x'], /unknown option '--hots'\n\(Did you mean --host\?\)/],
    ['an option without its value', ['status', '--host'], /argument missing/],
    ['a value that makes no sense', ['status', '--timeout', 'soon'], /'soon' is not a length of time/],
    ['an unknown format', ['status', '-o', 'xml'], /'xml' is none of table, wide, json/],
    ['too many words', ['version', 'x'], /too many arguments/],
    ['hosts for a command that has none', ['--host', 'web1', 'version'], /takes no --host/],
    ['an address that is none', ['status', '--controller', 'http://x'], /is not an address of a controller/],
    ['hosts named twice', ['status', 'web1/cat', '--host', 'web2'], /not both/],
  ])('refuses %s with 64', async (_what, argv, message) => {
    const ran = await run(argv);
    expect(ran.code).toBe(exitCode.usage);
    expect(ran.stderr).toMatch(message);
    expect(ran.stdout).toBe('');
  });
});
