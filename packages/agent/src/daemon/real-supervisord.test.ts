/** Asks the installed Supervisor, where there is one, and us for the meaning of the same command lines and of the sample config. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogLevel, type ParseContext, parseConfig } from '@fleetvisor/config';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { withOverrides } from './daemon-overrides.ts';
import { sampleConfig } from './sample-config.ts';
import { parseSupervisordOptions } from './supervisord-options.ts';

const DAEMON = '/usr/bin/supervisord';
const isHere = existsSync(DAEMON);
const folder = mkdtempSync(join(tmpdir(), 'fleet-command-line-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'a.conf');
writeFileSync(config, '[supervisord]\nloglevel=warn\numask=027\n');

const host: ParseContext = {
  env: process.env,
  unknownEnv: 'error',
  cwd: process.cwd(),
  hostNodeName: hostname(),
  homeOf: () => process.env.HOME,
  readFile: (path) => readFileSync(path),
  glob: () => [],
  userExists: (user) => ['root', '0'].includes(user),
  directoryExists: (path) => existsSync(path) && statSync(path).isDirectory(),
};

const LEVELS: Readonly<Record<LogLevel, number>> = {
  ...{ critical: 50, error: 40, warn: 30, info: 20, debug: 10, trace: 5, blather: 3 },
};

/** In the words of real_command_line.py. */
function ours(argv: readonly string[]): unknown {
  const parsed = parseSupervisordOptions(argv, host);
  if (parsed.kind === 'error') return ['error', parsed.message];
  if (parsed.kind !== 'run') return [parsed.kind];
  const file = parsed.options.configFile ?? config;
  const read = parseConfig({ file, text: readFileSync(file) }, host);
  if (!read.ok) return ['error', read.problems];
  const { daemon } = withOverrides(read.config, parsed.options.overrides);
  const values = {
    ...{ silent: daemon.silent, umask: daemon.umask, user: daemon.user ?? null, nodaemon: daemon.nodaemon },
    directory: daemon.directory ?? null,
    logfile: daemon.logfile.kind === 'syslog' ? 'syslog' : daemon.logfile.path,
    logfile_maxbytes: daemon.logfileMaxBytes,
    logfile_backups: daemon.logfileBackups,
    ...{ pidfile: daemon.pidfile, identifier: daemon.identifier, nocleanup: daemon.nocleanup },
    childlogdir: daemon.childlogdir ?? tmpdir(),
    ...{ minfds: daemon.minfds, minprocs: daemon.minprocs, strip_ansi: daemon.stripAnsi, configfile: file },
    loglevel: LEVELS[daemon.loglevel],
  };
  return ['run', values];
}

function theirs(commandLines: readonly (readonly string[])[], fallback = config): unknown[] {
  const [, python = 'python3'] = /^#!\s*(\S+)/.exec(readFileSync(DAEMON, 'utf8')) ?? [];
  const script = join(import.meta.dirname, 'fixtures/real_command_line.py');
  const input = JSON.stringify({ config: fallback, commandLines });
  // Read as data and compared whole: no shape is assumed.
  return JSON.parse(execFileSync(python, [script], { input, encoding: 'utf8' })) as unknown[];
}

const LINES = [
  ...[
    '',
    '-h',
    '-?',
    '--help',
    '-v',
    '--version',
    '-vh',
    '-v -e loud',
    '-e loud -v',
    '-h x',
    '--he=1',
    '-W',
    '--nonsense',
  ],
  ...[
    '-n',
    '-nk',
    '-ns -t',
    '-n -n',
    '-n --nodaemon',
    '--nod',
    '--no',
    '--nodaemon=1',
    '--silent',
    '--strip',
    '-z',
    '-z x',
  ],
  ...[
    '-l syslog',
    '-l /tmp/../tmp/x',
    '-l /nowhere/x',
    '--logf x',
    '--logfile=/tmp/x',
    '--logfile_m=3MB',
    '-y 1M',
    '-y -1',
  ],
  ...['-m 077', '-m 0o7', '-m 9', '-d /', '-d /nowhere', '-q /tmp', '-q /nowhere', '-e LOUD', '-e Trace', '-e warning'],
  ...[
    '-u root',
    '-u 0',
    '-u nosuchuser',
    '-u 999999',
    '-i it',
    '-i a -i b',
    '-a 5',
    '-a x',
    '--minfds=1_0',
    '--minprocs 7',
  ],
  ...[
    '-j /tmp/x.pid',
    '--profile_options calls',
    'x',
    "it's",
    '-- -n',
    '--',
    '-',
    '-n - -n',
    '--=1',
    '-c',
    '--configuration',
  ],
  ...[`-c ${config}`, `-nc ${config}`, `-nc${config}`, `--conf=${config} -e debug`, `-c ${config} -c ${config}`],
];

const word = fc.oneof(
  fc.constantFrom(
    '-n',
    '-s',
    '-k',
    '-t',
    '-nk',
    '-e',
    'debug',
    'loud',
    '-z',
    '3',
    '-y',
    '2MB',
    '-m',
    '022',
    '-i',
    'name',
  ),
  fc.constantFrom(
    '--nodaemon',
    '--no',
    '--silent=1',
    '--loglevel=info',
    '--loglevel',
    '--logfile_b=1',
    '--logfile',
    '/tmp/x',
  ),
  fc.constantFrom(
    '-l/tmp/y',
    '-q',
    '/tmp',
    '-d',
    '/',
    '--minprocs',
    '--umask=8',
    '-u',
    'root',
    '-v',
    '-h',
    '--',
    '-',
    'x',
  ),
);

if (!isHere) process.stderr.write(`SKIPPED: no ${DAEMON} to compare with (apt-get install supervisor)\n`);
describe.skipIf(!isHere)('the installed supervisord', () => {
  it('reads command lines as we do', () => {
    const commandLines = LINES.map((line) => line.split(' ').filter((part) => part !== ''));
    const answers = theirs(commandLines);
    for (const [i, argv] of commandLines.entries()) expect([argv, answers[i]]).toEqual([argv, ours(argv)]);
  });

  it('reads words in any order as we do', () => {
    const commandLines = fc.sample(fc.array(word, { maxLength: 6 }), { seed: 7, numRuns: 400 });
    const answers = theirs(commandLines);
    for (const [i, argv] of commandLines.entries()) expect([argv, answers[i]]).toEqual([argv, ours(argv)]);
  });

  it.each([
    ['as it stands', sampleConfig],
    ['with all that is switched off', sampleConfig.replace(/^;(?=\S)/gm, '')],
  ])('takes the sample config %s', (_, text) => {
    const sample = join(folder, 'sample.conf');
    writeFileSync(sample, text);
    expect(theirs([[]], sample)).toMatchObject([['run', { logfile: join(folder, 'supervisord.log') }]]);
  });
});
