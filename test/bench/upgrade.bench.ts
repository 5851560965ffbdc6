/**
 * An agent with 200 programs is replaced again and again, in turn by one of two versions that are installed beside it, while a
 * client asks without a pause:
 *   npm run bench:upgrade [-- UPGRADES [PROGRAMS]]       (20 and 200 by default)
 * How long the client is without an answer, whether one is ever refused, and what becomes of the memory of the engine. Prints
 * figures, never fails on a time; it fails where a client was refused or a program is another one than before.
 */
import { LoneAgent } from '../support/agent.ts';
import { childrenOf, rssBytes } from '../support/proc.ts';
import { call, served } from '../support/rpc.ts';
import { until } from '../support/until.ts';
import { anotherVersion, upgrade } from '../support/versions.ts';
import { print, printFigure, printMachine, quantile } from './report.ts';
import { msSince } from './subject.ts';

const [upgradeCount = 20, programCount = 200] = process.argv.slice(2).map(Number);
const mib = (bytes: number) => bytes / 2 ** 20;

/** A client that begins to ask as soon as it is answered, each time over a new connection. */
class Asker {
  readonly refusals: string[] = [];
  answered = 0;
  #gapMs = 0;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(agent: LoneAgent) {
    this.#done = this.#ask(agent);
  }

  /** The longest time between two answers since it was last asked for. */
  takeGap(): number {
    const gap = this.#gapMs;
    this.#gapMs = 0;
    return gap;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #ask(agent: LoneAgent): Promise<void> {
    let last = process.hrtime.bigint();
    while (!this.#isOver) {
      try {
        await call(agent, 'supervisor.getState');
        this.answered++;
      } catch (error) {
        this.refusals.push(String(error));
      }
      this.#gapMs = Math.max(this.#gapMs, msSince(last));
      last = process.hrtime.bigint();
    }
  }
}

printMachine();
const programs = Array.from(
  { length: programCount },
  (_, i) => `[program:p${i}]\ncommand=sleep 100000\nstartsecs=0\nstopsignal=KILL\n`,
);
// Five descriptors a program.
const minfds = `minfds=${1024 + 5 * programCount}`;
await using agent = await LoneAgent.start(served + programs.join('\n'), { daemon: `childlogdir=%(here)s\n${minfds}` });
const versions = [anotherVersion(agent, '9.9.8'), anotherVersion(agent, '9.9.9')] as const;
const pids = await until('all programs run', () => {
  const running = childrenOf(agent.pid);
  return running.length === programCount && running;
});
print(`${programCount} programs, ${upgradeCount} upgrades, a client that asks without a pause`);

const before = rssBytes(agent.pid);
const asker = new Asker(agent);
const gaps: number[] = [];
const own: number[] = [];
const whole: number[] = [];
const memory: number[] = [];
for (let i = 0; i < upgradeCount; i++) {
  asker.takeGap();
  const begun = process.hrtime.bigint();
  const { code, stdout, stderr } = await upgrade(agent, versions[i % 2 === 0 ? 0 : 1]);
  whole.push(msSince(begun));
  if (code !== 0) throw new Error(stderr);
  gaps.push(asker.takeGap());
  own.push(Number(/ in (\d+) ms; /.exec(stdout)?.[1]));
  memory.push(mib(rssBytes(agent.pid)));
}
await asker.end();
const after = childrenOf(agent.pid);

const figure = (what: string, unit: string, values: readonly number[]) =>
  printFigure('fleet-agent', { what, unit, values });
figure('a client without an answer', 'ms', gaps);
figure('… p90', 'ms', [quantile(gaps, 0.9)]);
figure('the gap, by its own word', 'ms', own);
figure('fleet-agent upgrade, with the selfcheck', 'ms', whole);
figure('engine RSS before', 'MiB', [mib(before)]);
figure('engine RSS after an upgrade', 'MiB', memory);
figure('… the last of them', 'MiB', memory.slice(-1));
print(`requests refused: ${asker.refusals.length} of ${asker.refusals.length + asker.answered}`);
for (const refusal of new Set(asker.refusals)) print(`  ${refusal}`);
const areTheSame = pids.length === after.length && pids.every((pid, i) => pid === after[i]);
print(areTheSame ? `all ${programCount} programs are the same processes` : 'PROGRAMS ARE OTHER PROCESSES THAN BEFORE');
if (asker.refusals.length > 0 || !areTheSame) process.exitCode = 1;
