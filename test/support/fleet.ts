/** A whole fleet of real programs in a folder of its own: a controller, agents, fleetctl. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePipeFolder } from '../../packages/agent/src/os/pipe-folder.ts';
import { type Place, type Ports, thisMachine } from './place.ts';
import { childrenOf, isAlive } from './proc.ts';
import { bin, type Ended, launch, type Running, runToEnd } from './program.ts';
import { until } from './until.ts';

export interface AgentOptions {
  readonly name: string;
  readonly group?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Sections besides [supervisord]. */
  readonly conf?: string;
  /** Instead of this version's `fleet-agent`. */
  readonly launcher?: string;
}

/** A process as `fleetctl status -o json` has it. */
export interface ListedProcess {
  readonly host: string;
  readonly group: string;
  readonly name: string;
  readonly state: string;
  readonly pid: number;
}

export class TestFleet implements AsyncDisposable {
  readonly folder: string;
  readonly #running = new Map<string, Running>();
  readonly #orphans: number[] = [];
  readonly #place: Place;
  /** What the controller says it listens on. */
  #listens: Ports | undefined;

  constructor(place: Place = thisMachine) {
    this.#place = place;
    this.folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
  }

  /** A controller and agents, all connected. */
  static async start(agents: readonly AgentOptions[]): Promise<TestFleet> {
    const fleet = new TestFleet();
    try {
      await fleet.startController();
      for (const agent of agents) fleet.startAgent(agent);
      await fleet.allOnline(agents.map((agent) => agent.name));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  get ports(): Ports {
    if (this.#listens === undefined) throw new Error('the controller has not been started');
    return this.#place.reach(this.#listens);
  }

  /** The same ports again after the first time. */
  async startController(): Promise<Running> {
    const data = join(this.folder, 'controller');
    const ports = this.#listens ?? this.#place.listen;
    rmSync(join(data, 'controller.json'), { force: true });
    const args = ['run', '--data', data, '--api', ports.api, '--link', ports.link, '--http', ports.http];
    const controller = this.#launch('controller', bin('fleet-controller'), args);
    this.#running.set('controller', controller);
    this.#listens = await until('the controller listens', () => {
      if (controller.child.exitCode !== null) throw new Error(controller.stderr() + controller.stdout());
      return JSON.parse(readFileSync(join(data, 'controller.json'), 'utf8'));
    });
    return controller;
  }

  confOf(name: string): string {
    return join(this.folder, name, 'supervisord.conf');
  }

  writeConf(name: string, conf: string): void {
    mkdirSync(join(this.folder, name), { recursive: true });
    const head = '[supervisord]\nlogfile=%(here)s/agent.log\npidfile=%(here)s/agent.pid\nchildlogdir=%(here)s\n\n';
    writeFileSync(this.confOf(name), head + conf);
  }

  startAgent(options: AgentOptions): Running {
    this.writeConf(options.name, options.conf ?? '');
    return this.restartAgent(options);
  }

  /** Starts the agent on the files as they stand. */
  restartAgent(options: AgentOptions): Running {
    const labels = Object.entries(options.labels ?? {}).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
    const group = options.group === undefined ? [] : ['--group', options.group];
    const args = ['run', '-c', this.confOf(options.name), '--controller', this.ports.link, '--name', options.name];
    const agent = this.#launch(options.name, options.launcher ?? bin('fleet-agent'), [
      ...args,
      '--data-dir',
      join(this.folder, options.name, 'data'),
      ...group,
      ...labels,
    ]);
    this.#running.set(options.name, agent);
    return agent;
  }

  /** Starts a program in its place. */
  #launch(name: string, command: string, args: readonly string[]): Running {
    const [first = command, ...rest] = [...this.#place.prefix(name), command, ...args];
    return launch(first, rest);
  }

  program(name: string): Running {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`${name} was never started`);
    return running;
  }

  /** Ends a program and waits. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const program = this.program(name);
    // Programs outlive an agent that is killed; the test must not leave them behind.
    if (signal === 'SIGKILL') this.#orphans.push(...childrenOf(program.pid));
    program.kill(signal);
    const ended = await program.ended;
    this.#running.delete(name);
    return ended;
  }

  /** Runs fleetctl against this controller. */
  ctl(...args: readonly string[]): Promise<Ended> {
    return runToEnd(bin('fleetctl'), args, { env: this.ctlEnv() });
  }

  /** Starts fleetctl and leaves it running. */
  ctlFollowing(...args: readonly string[]): Running {
    const running = launch(bin('fleetctl'), args, { env: this.ctlEnv() });
    this.#running.set(`fleetctl ${running.pid}`, running);
    return running;
  }

  ctlEnv(): Record<string, string> {
    return { FLEET_CONTROLLER: this.ports.api, FLEETCTL_CONFIG: join(this.folder, 'fleetctl.ini'), NO_COLOR: '1' };
  }

  async allOnline(names: readonly string[], boundMs?: number): Promise<void> {
    const areOnline = async () => {
      for (const name of names) {
        const program = this.program(name);
        if (program.child.exitCode !== null) throw new Error(`${name} ended: ${program.stderr()}${program.stdout()}`);
      }
      const hosts = (await this.rest('hosts')).hosts as { name: string; presence: string }[]; // the documented shape
      return names.every((name) => hosts.some((host) => host.name === name && host.presence === 'online'));
    };
    await until(`${names.join(', ')} are online`, areOnline, boundMs);
  }

  /** GET /api/v1/PATH. */
  async rest(path: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`http://${this.ports.http}/api/v1/${path}`);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>; // a JSON object by contract
  }

  /** The processes as the controller knows them, by `host/group:name`. */
  async processes(): Promise<ReadonlyMap<string, ListedProcess>> {
    const { processes } = (await this.rest('processes?limit=1000')) as { processes: ListedProcess[] }; // the documented shape
    return new Map(processes.map((process) => [`${process.host}/${process.group}:${process.name}`, process]));
  }

  /** Waits until the process is in the state; gives its pid. */
  async pidOf(process: string, state = 'RUNNING', notPid = -1): Promise<number> {
    const found = await until(`${process} is ${state}`, async () => {
      const listed = (await this.processes()).get(process);
      return listed?.state === state && listed.pid !== notPid ? listed : undefined;
    });
    return found.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const programs = [...this.#running.entries()].sort(
      ([a], [b]) => Number(a === 'controller') - Number(b === 'controller'),
    );
    for (const [name, program] of programs) {
      if (name !== 'controller') program.kill('SIGTERM');
    }
    for (const [name, program] of programs) {
      if (name === 'controller') program.kill('SIGTERM');
      const force = setTimeout(() => program.kill('SIGKILL'), 15_000);
      await program.ended;
      clearTimeout(force);
    }
    for (const pid of this.#orphans.filter(isAlive)) process.kill(pid, 'SIGKILL');
    // An agent that was killed leaves its pipes in memory.
    for (const name of readdirSync(this.folder)) {
      rmSync(choosePipeFolder(join(this.folder, name, 'data')), { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
