/** The words of fleet-agent's command line. Exit codes: 0 done, 1 it could not be done, 2 a mistake in the arguments or the config. */
import { messageOf } from '@fleetvisor/primitives';
import { Command, CommanderError } from 'commander';
import { type RunWorld, runInForeground } from './run.ts';
import type { RunFlags } from './settings.ts';
import { version } from './version.ts';

const runExamples = `
Examples:
  fleet-agent run -c /etc/supervisor/supervisord.conf
      Runs the programs of an existing supervisord.conf, alone.

  fleet-agent run -c supervisord.conf --controller 127.0.0.1:7401 --name web1 --group web
      The same as host web1 of a fleet. The config's [fleet] section can say so too:
        [fleet]
        controller = 127.0.0.1:7401
        name = web1
        groups = web
        labels = region=eu, tier=front

Signals: TERM, INT and QUIT stop the programs in order, then the agent; HUP restarts the programs of the config file from
the file as it is now; USR2 reopens the logs.
`;

/** Resolves with the exit code; nothing of the agent runs any more then. */
export async function runAgent(argv: readonly string[], world: RunWorld): Promise<number> {
  let exitCode = 0;
  const program = new Command('fleet-agent')
    .description("Supervises this host's programs, as Supervisor does, alone or as a host of a fleet.")
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: world.stdout, writeErr: world.stderr })
    .showHelpAfterError('(fleet-agent --help says more)')
    .showSuggestionAfterError();
  program
    .command('run')
    .description('run a config file in the foreground')
    .requiredOption('-c, --configuration <file>', 'the main config file, a supervisord.conf')
    .option(
      '--controller <host:port>',
      'address of the controller (repeat for further addresses of the same one)',
      collect,
      [],
    )
    .option('--name <name>', 'name of this host in the fleet (default: its host name)')
    .option('--group <names>', 'host groups it is in (repeatable, or a comma list)', collect, [])
    .option('--label <key=value>', 'a label of it (repeatable, or a comma list)', collect, [])
    .option('--data-dir <folder>', 'where it keeps agent.db (default: a folder of its own for each config file)')
    .addHelpText('after', runExamples)
    .action(async (options: RunFlags & { readonly configuration: string }) => {
      exitCode = await runInForeground(options.configuration, options, world);
    });
  program
    .command('version')
    .description('print the version')
    .action(() => world.stdout(`${version}\n`));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.stderr(`fleet-agent: ${messageOf(error)}\n`);
    return 1;
  }
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
