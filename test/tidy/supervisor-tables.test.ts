/** `docs/reference/supervisor*.md` against the code: every name that we know is there, and none that we do not know. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES, HOST_OPTIONS, KNOWN_OPTIONS } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { calledDaemon } from '../../packages/agent/src/compat/methods/testing/called-daemon.ts';
import { readAsk } from '../../packages/agent/src/compat/status-page/page-action.ts';
import { faultCodes } from '../../packages/agent/src/compat/xmlrpc/fault.ts';
import { commands } from '../../packages/agent/src/ctl/commands.ts';
import { exitCodes } from '../../packages/agent/src/ctl/exit-code.ts';
import { usage as ctlUsage } from '../../packages/agent/src/ctl/usage.ts';
import { type DaemonOption, FLEET_OPTIONS, SUPERVISORD_OPTIONS } from '../../packages/agent/src/daemon/option-table.ts';
import { catchSignals } from '../../packages/agent/src/daemon/signals.ts';
import { daemonUsage } from '../../packages/agent/src/daemon/usage.ts';
import { eventTypes } from '../../packages/agent/src/events/listeners/event-types.ts';
import { childEnvironment } from '../../packages/agent/src/os/environment.ts';
import { processSpec } from '../../packages/agent/src/supervision/testing/specs.ts';
import { namesUnder, readTables } from './reference-tables.ts';
import { root } from './source-tree.ts';

const daemon = readTables('docs/reference/supervisor.md');
const clients = readTables('docs/reference/supervisor-clients.md');
const agentPage = readFileSync(join(root, 'docs/reference/fleet-agent.md'), 'utf8');

const sorted = (names: Iterable<string>) => [...names].toSorted();
const optionsOf = (section: string) => sorted(namesUnder(daemon, section, 'option'));
const inPage = (heading: string, kind: string) => sorted(namesUnder(clients, heading, kind));

function writtenNames(options: readonly Pick<DaemonOption, 'short' | 'long'>[]): readonly string[] {
  return options.flatMap(({ short, long }) => [
    ...(short === undefined ? [] : [`-${short}`]),
    ...(long === undefined ? [] : [`--${long}`]),
  ]);
}

describe('the tables of Supervisor', () => {
  it('have every kind of section', () => {
    const told = [
      'supervisord',
      'unix_http_server',
      'inet_http_server',
      'supervisorctl',
      'include',
      'rpcinterface',
      'fleet',
    ];
    expect(sorted(Object.keys(HOST_OPTIONS))).toEqual(sorted(told));
    expect(sorted(Object.keys(KNOWN_OPTIONS))).toEqual(['eventlistener', 'fcgi-program', 'group', 'program']);
  });

  it('say of every row whether it works or differs, and how it differs', () => {
    const rows = [...daemon, ...clients].flatMap((table) => table.rows);
    expect(rows.filter(({ state }) => state !== 'works' && state !== 'differs')).toEqual([]);
    expect(rows.filter(({ state, about }) => state === 'differs' && about === '')).toEqual([]);
    expect(rows.length).toBeGreaterThan(150);
  });

  it.each([
    ...(['supervisord', 'unix_http_server', 'inet_http_server', 'supervisorctl', 'include'] as const).map(
      (kind) => [`\`[${kind}]\``, HOST_OPTIONS[kind]] as const,
    ),
    ['`[rpcinterface:x]` and `[ctlplugin:x]`', HOST_OPTIONS.rpcinterface] as const,
    ['`[group:x]`', KNOWN_OPTIONS.group] as const,
    ['`[program:x]`', KNOWN_OPTIONS.program] as const,
    ...(['fcgi-program', 'eventlistener'] as const).map((kind) => {
      const own = KNOWN_OPTIONS[kind].filter((option) => !KNOWN_OPTIONS.program.includes(option));
      return [`\`[${kind}:x]\``, own] as const;
    }),
  ])('have every option of %s', (heading, options) => {
    expect(optionsOf(heading)).toEqual(sorted(options));
  });

  it('have every option of the command line of supervisord', () => {
    expect(optionsOf('The command line of supervisord')).toEqual(sorted(writtenNames(SUPERVISORD_OPTIONS)));
  });

  it('have every signal that the daemon acts on', () => {
    const named = namesUnder(daemon, 'Signals to the daemon', 'signal');
    const caught: string[] = [];
    catchSignals((signal) => void caught.push(signal));
    expect(caught.filter((signal) => !named.includes(signal))).toEqual([]);
    expect(caught.length).toBeGreaterThan(3);
  });

  it('have every variable that a program is given', () => {
    const given = Object.keys(childEnvironment({}, processSpec('a', { environment: {} }), 'unix:///s'));
    const named = namesUnder(daemon, 'What a program gets', '').filter((name) => name.startsWith('SUPERVISOR_'));
    expect(sorted(named)).toEqual(sorted(given));
  });

  it('have every command, option and exit code of supervisorctl', () => {
    expect(inPage('supervisorctl', 'command')).toEqual(sorted(['help', ...commands.keys()]));
    const options = [...ctlUsage('x').matchAll(/^(-\S)\/(--\w+)/gm)].flatMap(([, short = '', long = '']) => [
      short,
      long,
    ]);
    expect(inPage('supervisorctl', 'option')).toEqual(sorted(['-?', ...options]));
    expect(inPage('supervisorctl', 'exit code')).toEqual(sorted(Object.values(exitCodes).map(String)));
  });

  it('have every method and every fault, with its number', async () => {
    const methods = await calledDaemon().call('system.listMethods');
    expect(inPage('XML-RPC', 'method')).toEqual(methods);
    const faults = clients.find(({ kind }) => kind === 'fault')?.rows ?? [];
    const numbers = faults.map(({ names: [name = ''], about }) => [name, Number.parseInt(about, 10)]);
    expect(Object.fromEntries(numbers)).toEqual(faultCodes);
  });

  it('have every type of event, those too that stand for several', () => {
    const named = inPage('Events', 'type');
    expect(named).toEqual(sorted(EVENT_TYPES));
    expect(eventTypes.filter((type) => !named.includes(type))).toEqual([]);
  });

  it('name actions that the status page knows', () => {
    const { supervisor } = calledDaemon();
    const askOf = (action: string) => {
      const known = { spec: () => processSpec('a') } satisfies Pick<typeof supervisor, 'spec'>;
      return readAsk(new Map(Object.entries({ action, processname: 'a' })), known).kind;
    };
    const actions = inPage('HTTP', 'action');
    expect(actions.filter((action) => askOf(action) === 'invalid')).toEqual([]);
    expect(actions).toHaveLength(7);
  });
});

describe('the differences', () => {
  it('have each a reason', () => {
    const page = readFileSync(join(root, 'docs/reference/differences.md'), 'utf8').split('## Kept although')[0] ?? '';
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(80);
    expect(rows.filter((row) => row.endsWith('| |') && !row.startsWith('| what |'))).toEqual([]);
  });
});

describe('the page of fleet-agent', () => {
  it('has every option of [fleet], there and on the command line', () => {
    const tables = readTables('docs/reference/fleet-agent.md');
    expect(sorted(namesUnder(tables, 'The `[fleet]` section', 'option'))).toEqual(sorted(HOST_OPTIONS.fleet));
    expect(writtenNames(FLEET_OPTIONS).filter((name) => !agentPage.includes(name))).toEqual([]);
  });

  it('shows the help texts as they are', () => {
    expect(agentPage).toContain(daemonUsage('run', '/opt/fleetvisor/node_modules/.bin/fleet-agent').trimEnd());
    expect(agentPage).toContain(ctlUsage('fleet-agent ctl').trimEnd());
  });
});
