/**
 * `npm start`: one controller and three agents on this machine, as real as on four. Stays in the foreground; Ctrl-C ends all.
 */
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { takeFolder } from './data-folder.ts';
import { killWithChildren, remember } from './leftovers.ts';
import { freePort } from './ports.ts';
import { lastLines, type Program, startProgram } from './program.ts';

const root = dirname(dirname(import.meta.dirname));
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const hosts = [
  { name: 'web1', group: 'web' },
  { name: 'web2', group: 'web' },
  { name: 'db1', group: 'db' },
] as const;

const help = `npm start -- [--data DIR] [--reset]

Runs one controller and three agents on this machine until Ctrl-C.

  --data DIR   keep everything there (default: .local-fleet in the clone)
  --reset      empty that folder first
`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, reset: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    say(help);
    return 0;
  }
  refuseFlagsOfNpm();
  const data = resolve(values.data ?? join(root, '.local-fleet'));
  const stop = new AbortController();
  const force = new AbortController();
  let askedAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // One Ctrl-C may come twice: from the terminal, and passed on by npm.
      if (stop.signal.aborted && performance.now() - askedAt > 1000) force.abort();
      if (!stop.signal.aborted) askedAt = performance.now();
      stop.abort();
    });
  }
  const traces = join(data, 'running.json');
  const ended = await takeFolder(data, traces, values.reset === true);
  if (ended > 0) say(`ended ${ended} programs that an earlier start had left behind`);
  const running: Program[] = [];
  try {
    await startFleet(data, running, traces, stop.signal);
    if (!stop.signal.aborted) await untilTheEnd(running, data, stop.signal);
  } finally {
    stop.abort();
    await stopAll(running, force.signal);
    rmSync(traces, { force: true });
  }
  return 0;
}

/** `npm start --reset` gives the flag to npm, which says nothing of it to us but this. */
function refuseFlagsOfNpm(): void {
  const flag = ['reset', 'data'].find((name) => process.env[`npm_config_${name}`] !== undefined);
  if (flag !== undefined) throw new Error(`--${flag} went to npm: write npm start -- --${flag}`);
}

/** Agents first. Waits as long as the programs' stopwaitsecs allow, and says for whom; a second Ctrl-C ends it by force. */
async function stopAll(running: readonly Program[], force: AbortSignal): Promise<void> {
  if (running.length === 0) return;
  say('\nstopping the agents, then the controller (Ctrl-C again to kill them) ...');
  const [controller, ...agents] = running;
  const lost = agents.filter(({ hasEnded }) => hasEnded()).map(({ name }) => name);
  const waiting = new Set(agents);
  const tell = setInterval(
    () => say(`waiting for the programs of ${[...waiting].map(({ name }) => name).join(', ')}`),
    3000,
  );
  const kill = () => {
    for (const { pid } of running) killWithChildren(pid);
  };
  if (force.aborted) kill();
  else force.addEventListener('abort', kill, { once: true });
  for (const agent of agents) agent.stop();
  await Promise.all(agents.map((agent) => agent.ended.then(() => waiting.delete(agent))));
  clearInterval(tell);
  controller?.stop();
  await controller?.ended;
  if (lost.length === 0) say('all stopped');
  else say(`stopped; what was killed before (${lost.join(', ')}) may have left programs running: see ps -ef`);
}

async function startFleet(data: string, running: Program[], traces: string, signal: AbortSignal): Promise<void> {
  const ports = { api: await freePort(7400), link: await freePort(7401), http: await freePort(7402) };
  for (const [name, port] of Object.entries(ports)) {
    if (port.moved) say(`the default port for ${name} is taken: using ${port.port}`);
  }
  const address = (port: { port: number }) => `127.0.0.1:${port.port}`;
  const controllerData = join(data, 'controller');
  mkdirSync(controllerData, { recursive: true });
  const ready = join(controllerData, 'controller.json');
  rmSync(ready, { force: true });
  const controller = startProgram(
    'controller',
    bin('fleet-controller'),
    // biome-ignore format: one flag and its value a line
    ['run',
      '--data', controllerData,
      '--api', address(ports.api),
      '--link', address(ports.link),
      '--http', address(ports.http),
    ],
    join(data, 'controller.log'),
  );
  running.push(controller);
  remember(traces, [controller.pid]);
  await appears(ready, controller, join(data, 'controller.log'), signal);
  say(`controller   API ${address(ports.api)}   agents ${address(ports.link)}   http://${address(ports.http)}/healthz`);
  for (const host of hosts) running.push(startAgent(data, host, address(ports.link)));
  remember(
    traces,
    running.map((program) => program.pid),
  );
  await connected(address(ports.http), running, data, signal);
  for (const [i, host] of hosts.entries()) {
    say(
      `host ${host.name.padEnd(6)}  pid ${running[i + 1]?.pid}   group ${host.group}   config ${confOf(data, host.name)}`,
    );
  }
  const contexts = join(data, 'fleetctl.ini');
  writeFileSync(contexts, `current=local\n\n[context local]\ncontroller=${address(ports.api)}\n`);
  introduce(contexts, data);
}

function confOf(data: string, host: string): string {
  return join(data, host, 'supervisord.conf');
}

function startAgent(data: string, host: { name: string; group: string }, controller: string): Program {
  const folder = join(data, host.name);
  mkdirSync(folder, { recursive: true });
  const conf = confOf(data, host.name);
  // Kept when it is there: an edited one is what `fleetctl update` is for.
  if (!existsSync(conf)) copyFileSync(join(root, 'deploy/sample-fleet/hosts', `${host.name}.conf`), conf);
  // biome-ignore format: one flag and its value a line
  const args = ['run', '-c', conf,
    '--controller', controller,
    '--name', host.name,
    '--group', host.group,
    '--data-dir', join(folder, 'data'),
  ];
  return startProgram(host.name, bin('fleet-agent'), args, join(data, `${host.name}.log`));
}

/** Waits for the file that says the controller listens. */
async function appears(file: string, program: Program, log: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(file) && !signal.aborted) await nextLook(program, log);
}

/** Waits until every agent's link stands. */
async function connected(http: string, running: readonly Program[], data: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answer = await fetch(`http://${http}/api/v1/hosts`, { signal }).catch(() => undefined);
    const body: unknown = answer?.ok ? await answer.json() : undefined;
    if (onlineCount(body) >= hosts.length) return;
    for (const program of running) await nextLook(program, join(data, `${program.name}.log`));
  }
}

function onlineCount(body: unknown): number {
  if (typeof body !== 'object' || body === null || !('hosts' in body) || !Array.isArray(body.hosts)) return 0;
  return body.hosts.filter((host: { presence?: unknown }) => host.presence === 'online').length;
}

/** A short wait that fails as soon as the program has ended. */
async function nextLook(program: Program, log: string): Promise<void> {
  const end = await Promise.race([program.ended, wait(40)]);
  if (end !== undefined) throw new Error(`${program.name} ended (${end}):\n${lastLines(log, 20)}`);
}

function introduce(contexts: string, data: string): void {
  const fleetctl = `FLEETCTL_CONFIG=${contexts} ${bin('fleetctl')}`;
  say(`
The fleet is up; its data is in ${data}. In another terminal, try

  ${fleetctl} status
  ${fleetctl} config push ${join(root, 'deploy/sample-fleet/web.conf')} --group web -m 'first push'
  ${fleetctl} tail -f 'web*/api:*'

Ctrl-C here ends everything.`);
}

/** Until Ctrl-C. One that ends by itself, or is killed to see what happens, leaves the others running. */
async function untilTheEnd(running: readonly Program[], data: string, signal: AbortSignal): Promise<void> {
  for (const { name, ended } of running) {
    void ended.then((how) => {
      if (signal.aborted) return;
      say(
        `\n${name} ended by itself (${how}); the others go on. Its last words:\n${lastLines(join(data, `${name}.log`), 5)}`,
      );
    });
  }
  if (!signal.aborted) await once(signal, 'abort');
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
