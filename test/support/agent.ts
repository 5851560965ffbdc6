/** One agent alone, as a process in a folder of its own. What it did is read from its main log, its files and /proc. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { commandLine, processesWith } from './proc.ts';
import { bin, type Ended, launch, type Running } from './program.ts';
import { until } from './until.ts';

export interface LoneAgentOptions {
  /** Options of [supervisord]; without them its files have their default names in the folder, where it runs. */
  readonly daemon?: string;
  /** Further files, by their path in the folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LaunchWords {
  /** Behind `fleet-agent`; default: run on supervisord.conf. */
  readonly args?: readonly string[];
  /** In front of `fleet-agent`: a program that runs it with other rights. */
  readonly through?: readonly string[];
  /** Instead of this version's `fleet-agent`. */
  readonly launcher?: string;
  readonly descriptor30?: number;
}

/** In the environment of the agent and so of whatever comes from it: nobody who is left behind escapes. */
const MARK = 'FLEET_TEST_AGENT';
const STARTED = /^supervisord started with pid \d+$/;
const RUN = ['run', '-c', 'supervisord.conf', '--data-dir', 'data'];

export class LoneAgent implements AsyncDisposable {
  /** Where it runs, and where its temporary files go. Others may enter. */
  readonly folder = mkdtempSync(join(tmpdir(), 'lone-agent-'));
  readonly #env: Readonly<Record<string, string | undefined>>;
  #running: Running | undefined;

  /** Writes `[supervisord]` and the sections to supervisord.conf, and starts nothing. */
  constructor(sections: string, options: LoneAgentOptions = {}) {
    chmodSync(this.folder, 0o755);
    this.#env = { TMPDIR: this.folder, [MARK]: this.folder, ...options.env };
    this.write('supervisord.conf', `[supervisord]\n${options.daemon ?? ''}\n${sections}`);
    for (const [path, text] of Object.entries(options.files ?? {})) this.write(path, text);
  }

  /** Resolves once it says that it has started. */
  static async start(sections: string, options: LoneAgentOptions = {}): Promise<LoneAgent> {
    const agent = new LoneAgent(sections, options);
    const running = agent.launch();
    try {
      const hasEnded = () => running.child.exitCode !== null;
      await until('the agent has started', () => hasEnded() || agent.log().includes('supervisord started with pid'));
      if (hasEnded()) throw new Error(`the agent ended instead of starting: ${running.stderr()}`);
      return agent;
    } catch (error) {
      await agent[Symbol.asyncDispose]();
      throw error;
    }
  }

  launch(words: LaunchWords = {}): Running {
    this.#running = this.#launch(words);
    return this.#running;
  }

  /** Runs a second agent, or one that is not going to start, to its end. */
  runToEnd(words: LaunchWords = {}): Promise<Ended> {
    return endOf(this.#launch(words));
  }

  get pid(): number {
    return this.#started.pid;
  }

  /** What it printed on its own standard output. */
  stdout(): string {
    return this.#started.stdout();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** @param mode of the file, such as 0o755 for a script */
  write(name: string, text: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text, { mode });
  }

  /** Empty where there is no such file yet. */
  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  log(): string {
    return this.read('supervisord.log');
  }

  /** The main log's messages, without time and level. */
  messages(): readonly string[] {
    return [...this.log().matchAll(/^\S+ \S+ [A-Z]{4} (.*)$/gm)].map((match) => match[1] ?? '');
  }

  /** Waits until the main log has a message `count` times; gives the last of them. */
  says(message: RegExp, count = 1): Promise<string> {
    return until(`the main log says ${message} ${count} times`, () => {
      const found = this.messages().filter((text) => message.test(text));
      return found.length >= count ? found.at(-1) : undefined;
    });
  }

  /** The pids that a process has had, in order; its name is without the group, as in the main log. */
  pidsOf(name: string): readonly number[] {
    const spawned = new RegExp(`^spawned: '${name}' with pid (\\d+)$`);
    return this.messages()
      .flatMap((text) => spawned.exec(text)?.[1] ?? [])
      .map(Number);
  }

  /** Waits for the run of a process, 1 being its first, and gives its pid. */
  pidOf(name: string, run = 1): Promise<number> {
    return until(`run ${run} of ${name}`, () => this.pidsOf(name)[run - 1]);
  }

  /** What agent.db says of a process, as text; it is written a moment after what it is about. */
  written(name: string, dataDir = 'data'): string {
    using db = new DatabaseSync(this.path(`${dataDir}/agent.db`), { readOnly: true });
    return String(db.prepare('SELECT record FROM processes WHERE process_name = ?').get(name)?.record);
  }

  kill(signal: NodeJS.Signals): void {
    this.#started.kill(signal);
  }

  /** Kills it as nothing can be caught; its programs run on. */
  async crash(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Another one in its place, on the same files; resolves once that says that it has started. */
  async begin(): Promise<Running> {
    const count = this.messages().filter((text) => STARTED.test(text)).length;
    const running = this.launch();
    await this.says(STARTED, count + 1);
    return running;
  }

  /** Asks it to end and waits. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.kill(signal);
    return endOf(this.#started);
  }

  /** Living processes that came from it, itself included, in order of pid. */
  alive(): readonly number[] {
    return processesWith(MARK, this.folder);
  }

  /** @throws Error naming whom the agent left behind when it ended; they are killed then */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    if (running !== undefined) {
      running.kill('SIGTERM');
      await endOf(running);
    }
    const left = this.alive().map((pid) => ({ pid, words: commandLine(pid).join(' ') }));
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`the agent left behind: ${JSON.stringify(left)}`);
  }

  #launch({ args = RUN, through = [], launcher = bin('fleet-agent'), ...given }: LaunchWords): Running {
    const [command = '', ...rest] = [...through, launcher, ...args];
    return launch(command, rest, { cwd: this.folder, env: this.#env, ...given });
  }

  get #started(): Running {
    if (this.#running === undefined) throw new Error('the agent has not been launched');
    return this.#running;
  }
}

/** What hangs is killed before the test is given up, so that nothing outlives it. */
async function endOf(running: Running): Promise<Ended> {
  const force = setTimeout(() => running.kill('SIGKILL'), 15_000);
  const ended = await running.ended;
  clearTimeout(force);
  return ended;
}

/** A user by number whom this test may let programs run as: nobody where it may choose, else its own. */
export const otherUser = process.getuid?.() === 0 ? 65534 : (process.getuid?.() ?? 0);

/** What makes even root obey the modes of files, as every other user must. */
export const obeyingModes: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search']
    : [];
