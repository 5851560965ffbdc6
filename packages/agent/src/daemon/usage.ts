/** The help texts of `fleet-agent run` and `fleet-agent supervisord`. Knows the options only as their table has them. */
import type { GetoptOption } from '../getopt.ts';
import { configPlaces } from './find-config.ts';
import { type DaemonOption, FLEET_OPTIONS, SUPERVISORD_OPTIONS } from './option-table.ts';

export type DaemonVerb = 'run' | 'supervisord';

/** @param executable as for `configPlaces` */
export function daemonUsage(verb: DaemonVerb, executable: string): string {
  return `Usage: fleet-agent ${verb} [options]

${ABOUT[verb]}

Options, all of supervisord's; they win over the config file, also when it is read anew:
${SUPERVISORD_OPTIONS.map(optionLine).join('')}
As a host of a fleet; the config's [fleet] section can say the same:
${FLEET_OPTIONS.map(optionLine).join('')}
Without -c the first of these is taken that exists:
${configPlaces(executable)
  .map((place) => `  ${place}\n`)
  .join('')}
Signals: TERM, INT and QUIT stop the programs in order, then the daemon; HUP stops the programs of the config file and starts
them from the file as it is now; USR2 opens the logs anew.

Exit status: 0 after an orderly end, 1 where this machine refuses something, 2 for a mistake in the options or the config.

Examples:
${EXAMPLES[verb]}`;
}

const ABOUT: Readonly<Record<DaemonVerb, string>> = {
  run: `Runs the programs of a supervisord.conf, alone or as a host of a fleet, and stays in the foreground, as 'supervisord -n'
does: for service managers, containers and terminals.`,
  supervisord: `Takes supervisord's place where scripts start it: the same options, the same places for the config file. It goes to the
background, unless -n or nodaemon=true say otherwise.`,
};

const EXAMPLES: Readonly<Record<DaemonVerb, string>> = {
  run: `  fleet-agent run -c /etc/supervisor/supervisord.conf
      Runs the programs of an existing supervisord.conf, alone.

  fleet-agent run -c supervisord.conf --controller 127.0.0.1:7401 --name web1 --group web
      The same as host web1 of a fleet. The config can say so too:
        [fleet]
        controller = 127.0.0.1:7401
        name = web1
        groups = web
        labels = region=eu, tier=front

  fleet-agent run -c supervisord.conf -e debug
      The main log also has what the programs write.
`,
  supervisord: `  fleet-agent supervisord -c /etc/supervisor/supervisord.conf
      In the background, as a script has started supervisord so far.

  fleet-agent supervisord -nc supervisord.conf -l /tmp/try.log -j /tmp/try.pid
      In the foreground, with a log and a pidfile of its own.
`,
};

const namesColumns = 34;

/** `  -l, --logfile FILE    the main log …`; nothing for an option that is only another's second name. */
function optionLine(option: DaemonOption): string {
  if (option.meaning === undefined) return '';
  const names = `  ${namesOf(option)}`;
  // One too long for its column stands on a line of its own.
  const gap = names.length < namesColumns ? ' '.repeat(namesColumns - names.length) : `\n${' '.repeat(namesColumns)}`;
  return `${names}${gap}${option.meaning}\n`;
}

function namesOf({ short, long, takes }: GetoptOption): string {
  const names = [short === undefined ? '   ' : `-${short}${long === undefined ? '' : ','}`, long && `--${long}`, takes];
  return names.filter((name) => name !== undefined).join(' ');
}
