/** The stock supervisorctl against one agent, `fleet-agent ctl` against another: word for word they print the same and end with the same code. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { isAlive } from '../support/proc.ts';
import { bin, runToEnd } from '../support/program.ts';
import { served, typeTo } from '../support/rpc.ts';
import { CTRL_C, CTRL_D, Terminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const installed = '/usr/bin/supervisorctl';
const ours = `${bin('fleet-agent')} ctl`;
/** Where it is missing ours is its own measure: what is written out below holds all the same. */
const stock = existsSync(installed) ? installed : ours;
if (stock === ours) process.stderr.write(`SKIPPED: no ${installed} to compare with (apt-get install supervisor)\n`);

const section = (kind: string, ...lines: readonly string[]) => `[${kind}]\n${lines.join('\n')}\n\n`;

const idle = (name: string, command: string, ...options: readonly string[]) =>
  section(`program:${name}`, `command=${command}`, 'autostart=false', 'startretries=0', ...options);

const client = section('supervisorctl', 'serverurl=unix://%(here)s/agent.sock');
const cat = section('program:cat', 'command=cat', 'startsecs=0', 'stdout_logfile=cat.log', 'stderr_logfile=NONE');
const programs = [
  client,
  cat,
  idle('off', 'sleep 1000', 'startsecs=0'),
  idle('gone', '/no/such'),
  idle('text', '/etc/passwd'),
  idle('bad', "/bin/sh -c 'exit 3'", 'priority=5'),
  idle('a', 'sleep 1000', 'startsecs=0'),
  idle('b', 'sleep 1000', 'startsecs=0', 'priority=1'),
  section('group:g', 'programs=a,b'),
];

/** What of a text differs between two agents, and the line of Python that supervisorctl tells, left out. */
function comparable(agent: LoneAgent, text: string): string {
  return text
    .replaceAll(agent.folder, 'FOLDER')
    .replace(/\bpid \d+/g, 'pid PID')
    .replace(/(^|supervisor> )\d+$/gm, '$1PID')
    .replace(/uptime \d:\d\d:\d\d/g, 'uptime TIME')
    .replace(/\w{3} \d\d \d\d:\d\d [AP]M/g, 'DATE')
    .replace(/: file: .* line: \d+$/gm, ': PLACE');
}

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(agent: LoneAgent, program: string, words: string, typed: string): Promise<Said> {
  const script = `printf %s "$TYPED" | ${program} -c supervisord.conf ${words}`;
  const ended = await runToEnd('/bin/sh', ['-c', script], { cwd: agent.folder, env: { TYPED: typed } });
  return { code: ended.code, out: comparable(agent, ended.stdout), err: comparable(agent, ended.stderr) };
}

/** An agent for each of the two, so that what one does the other does not find done. */
class SideBySide implements AsyncDisposable {
  readonly #agents: readonly [LoneAgent, LoneAgent];

  constructor(agents: readonly [LoneAgent, LoneAgent]) {
    this.#agents = agents;
  }

  static async start(sections: readonly string[]): Promise<SideBySide> {
    const start = () => LoneAgent.start(served + sections.join(''));
    return new SideBySide([await start(), await start()]);
  }

  /** Runs both with these words; gives what both have said. */
  async say(words: string, typed = ''): Promise<Said> {
    const [said, theirs] = await this.each((agent, program) => run(agent, program, words, typed));
    expect({ words, ...said }).toEqual({ words, ...theirs });
    return said;
  }

  /** The same with both; ours first. */
  each<T>(run: (agent: LoneAgent, program: string) => Promise<T>): Promise<[T, T]> {
    const [our, their] = this.#agents;
    return Promise.all([run(our, ours), run(their, stock)]);
  }

  rewrite(sections: readonly string[]): void {
    for (const agent of this.#agents) agent.write('supervisord.conf', `[supervisord]\n\n${served}${sections.join('')}`);
  }

  /** Waits until both agents have ended of themselves. */
  async ended(): Promise<void> {
    await until('both have ended', () => !this.#agents.some(({ pid }) => isAlive(pid)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) await agent[Symbol.asyncDispose]();
  }
}

describe.concurrent('supervisorctl and fleet-agent ctl', () => {
  it('say the same of what is done to programs, with the same exit codes', async () => {
    await using both = await SideBySide.start(programs);
    expect((await both.say('status')).code).toBe(3);
    expect((await both.say('status cat nope')).code).toBe(4);
    expect((await both.say('start off cat gone text bad nope')).out.split('\n')).toEqual([
      'off: started',
      'cat: ERROR (already started)',
      'gone: ERROR (no such file)',
      'text: ERROR (file is not executable)',
      'bad: ERROR (spawn error)',
      'nope: ERROR (no such process)',
      '',
    ]);
    expect((await both.say('start nope:*')).code).toBe(2);
    expect((await both.say('stop off off')).code).toBe(0);
    expect((await both.say('pid bad')).code).toBe(7);
    expect((await both.say('nonsense')).code).toBe(1);
  });

  it('say the same of config changes, of the daemon and of its end', async () => {
    await using both = await SideBySide.start(programs);
    expect((await both.say('update')).out).toBe('');
    both.rewrite([client, cat.replace('startsecs=0', 'startsecs=1'), idle('new', 'sleep 1000')]);
    expect((await both.say('reread')).code).toBe(0);
    expect((await both.say('update')).out).toContain('cat: updated process group\n');
    both.rewrite([client, idle('new', 'sleep 1000', 'startsecs=many')]);
    expect((await both.say('reread')).out).toMatch(/^ERROR: CANT_REREAD: .*'many'/);
    expect((await both.say('update')).out).toMatch(/^error: <class 'xmlrpc\.client\.Fault'>/);
    expect((await both.say('shutdown')).code).toBe(0);
    await both.ended();
    expect((await both.say('status')).code).toBe(4);
    expect((await both.say('start new')).code).toBe(7);
  });

  it('say the same in a session', async () => {
    await using both = await SideBySide.start(programs);
    const lines = [
      'help, help nope, pid, pid all, pid nope, version, nonsense, , open foo, fg nope, fg g:off',
      'start g:*, status g:* off, status nope:*, stop g:a, restart g:a g:b, restart off, start g:a nope, stop nope:* nope',
      'signal NOPE cat, signal CONT all, tail off stderr, tail -3 cat, tail -f nope, clear cat, clear g:*, clear all',
      'avail, reread, update, update nope, add nope cat, remove nope cat, shutdown, n, reload, n, quit',
    ].flatMap((row) => row.split(', '));
    const { out, code } = await both.say('', lines.map((line) => `${line}\n`).join(''));
    expect(code).toBe(0);
    expect(out.length).toBeGreaterThan(2000);
  });

  it('are the same to a person at a terminal', async () => {
    await using agents = await SideBySide.start([client, cat.replace('=NONE', '=cat.err')]);
    const [our, their] = await agents.each(atTerminal);
    expect(our).toBe(their);
    expect(our).toContain('supervisor> tail -f cat\n==> Press Ctrl-C to exit <==\ntyped\ntyped later\n');
  });
});

/** What stands on the screen after a session with everything in it that only a terminal has. */
async function atTerminal(agent: LoneAgent, program: string): Promise<string> {
  await using terminal = new Terminal(`${program} -c supervisord.conf`, agent.folder);
  const says = (text: string) => typeTo(agent, 'cat', text);
  await terminal.shows('supervisor> ');
  terminal.type('status\n');
  await terminal.shows('supervisor> ');
  terminal.type('fg cat\n');
  await terminal.shows('to exit <==\n');
  terminal.type('typed\n');
  await terminal.shows('typed\n'); // by the terminal
  await terminal.shows('typed\n'); // by the program
  terminal.type(CTRL_C);
  await terminal.shows('Exiting foreground\nsupervisor> ');
  // The stock client hears that it is to stop listening when something comes.
  await says('typed later\n');
  terminal.type('tail -f cat\n');
  await terminal.shows('typed later\n');
  await says('live\n');
  await terminal.shows('live\n');
  terminal.type(CTRL_C);
  await terminal.shows('supervisor> ');
  terminal.type('shutdown\n');
  await terminal.shows('y/N? ');
  terminal.type('n\n');
  await terminal.shows('supervisor> ');
  terminal.type(CTRL_D);
  const code = await terminal.ended();
  // The stock client sometimes dies of a Ctrl-C that its fg has had already.
  if (program === ours) expect(code).toBe(0);
  // Whether a terminal shows a Ctrl-C depends on who reads its keys.
  return comparable(agent, terminal.text()).replaceAll('^C', '');
}
