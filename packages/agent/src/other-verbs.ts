/** What of fleet-agent's command line is not Supervisor's: help, version, the sample config, and what to say to a mistyped verb. */
import { Command, CommanderError } from 'commander';
import type { AgentWorld } from './command-line.ts';
import { commands } from './ctl/commands.ts';
import { sampleConfig } from './daemon/sample-config.ts';
import { version } from './version.ts';

const examples = `
Examples:
  fleet-agent sample-config > supervisord.conf      a config file to begin with, every option explained
  fleet-agent run -c supervisord.conf               run its programs in the foreground
  fleet-agent ctl -c supervisord.conf status        what they do
  fleet-agent supervisord -c supervisord.conf       run them in the background, as supervisord does

'fleet-agent VERB -h' tells more of each.
`;

const UPGRADE_EXAMPLES = `
Examples:
  fleet-agent upgrade -c /etc/supervisord.conf      from the folder of the new version, or by a link that leads to it
  fleet-agent upgrade /opt/fleetvisor-0.2.0/node_modules/.bin/fleet-agent
                                                    to another version than that of this command

The new version proves itself first. Should it die within 10 s, the next start of the agent is the old version's again.
`;

/** @returns the exit code: 2 for a mistake in the arguments */
export async function runOtherVerb(argv: readonly string[], world: AgentWorld): Promise<number> {
  const { stdout, stderr } = world;
  let exitCode = 0;
  const program = new Command('fleet-agent')
    .description("Supervises this host's programs, as Supervisor does, alone or as a host of a fleet.")
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .configureHelp({ subcommandTerm: (verb) => verb.name() })
    .showHelpAfterError('(fleet-agent --help says more)')
    .addHelpText('after', examples);
  // These never come this far; they are named for the help text, and for whoever mistyped one.
  program.command('run').description('run the programs of a config file in the foreground');
  program.command('supervisord').description("take supervisord's place: its options, its background");
  program.command('ctl').description("tell a running Supervisor what to do: supervisorctl's commands");
  program
    .command('sample-config')
    .description('print a config file with every option explained')
    .action(() => stdout(sampleConfig));
  program
    .command('upgrade')
    .description('replace the agent that runs by this version, in place: its programs run on')
    .argument('[LAUNCHER]', 'the fleet-agent that is to run instead of this one')
    .option('-c, --configuration <FILE>', 'the config file that the agent runs with')
    .option('--data-dir <DIR>', 'its data folder, where that was named')
    .addHelpText('after', UPGRADE_EXAMPLES)
    .action(async (launcher: string | undefined, options: { configuration?: string; dataDir?: string }) => {
      const { upgradeRunning } = await import('./upgrade-verb.ts');
      exitCode = await upgradeRunning(launcher ?? world.executable, options, world);
    });
  program
    .command('version')
    .description('print the version')
    .action(() => stdout(`${version}\n`));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [verb] = argv;
    if (error.code === 'commander.unknownCommand' && verb !== undefined && commands.has(verb)) {
      stderr(`'${verb}' is for one that runs: fleet-agent ctl ${verb}\n`);
    }
    return error.exitCode === 0 ? 0 : 2;
  }
}
