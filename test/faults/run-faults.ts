/**
 * `npm run faults -- --minutes N [--seed S] [--no-cuts]`: kills at random moments for as long as is wanted, in rounds of two
 * minutes with a seed each, after one round of cut and slow links. Ends with 1 at the first round that lost something, and
 * names the seed that shows it again.
 */
import { parseArgs } from 'node:util';
import { runCuts } from './cuts.ts';
import { runKills, type Victim } from './kills.ts';
import { whyNoNetwork } from './network.ts';

const roundMs = 120_000;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    cuts: { type: 'boolean', default: true },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is no number of minutes`);
const firstSeed = Number(values.seed ?? process.hrtime.bigint() % 1_000_000n);
const victims: Victim[] = ['link', 'controller', 'both', 'program', 'program', 'engine', 'engine', 'all'];

if (!values.cuts) {
  say('no cuts: as asked');
} else if (whyNoNetwork === '') {
  const { faults, unknownAfterMs, noticedAfterMs, slowCrashMs } = await runCuts((what) => say(`NOT TESTED: ${what}`));
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  say(`cut link: UNKNOWN after ${seconds(unknownAfterMs)}, the agent knew after ${seconds(noticedAfterMs)}`);
  say(`slow link: a crash came past the logs in ${seconds(slowCrashMs)}`);
  tell(faults);
} else {
  say(`NOT TESTED: a network of its own: ${whyNoNetwork}`);
}

let leftMs = minutes * 60_000;
for (let seed = firstSeed; leftMs > 0; seed++) {
  const forMs = Math.min(roundMs, leftMs);
  leftMs -= forMs;
  const { kills, runs, commands, gaps, faults } = await runKills({
    seed,
    forMs,
    hosts: 3,
    programsPerHost: 10,
    victims,
  });
  const killed = Object.entries(kills).map(([victim, count]) => `${victim} ${count}`);
  say(`seed ${seed}, ${forMs / 1000} s: killed ${killed.join(', ')}; ${runs} runs, ${commands} commands`);
  for (const gap of gaps) say(`  in the hands of an agent that was killed: ${gap}`);
  tell(faults);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Ends the program when there is something to tell. */
function tell(faults: readonly string[]): void {
  if (faults.length === 0) return say('  nothing lost');
  say(`  ${faults.length} faults`);
  for (const fault of faults.slice(0, 50)) say(`  ${fault}`);
  process.exit(1);
}
