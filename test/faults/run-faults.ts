/**
 * `npm run faults -- --minutes N [--seed S] [--engines]`: kills at random moments for as long as is wanted, in rounds of two
 * minutes with a seed each. Ends with 1 at the first round that lost something, and names the seed that shows it again.
 * `--engines` kills the agents themselves as well, whose programs are then to run on.
 */
import { parseArgs } from 'node:util';
import { runKills, type Victim } from './kills.ts';

const roundMs = 120_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    engines: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is no number of minutes`);
const firstSeed = Number(values.seed ?? process.hrtime.bigint() % 1_000_000n);
const links: Victim[] = ['link', 'link', 'controller', 'both', 'program', 'program'];
const victims = values.engines ? [...links, 'engine' as const] : links;

let leftMs = minutes * 60_000;
for (let seed = firstSeed; leftMs > 0; seed++) {
  const forMs = Math.min(roundMs, leftMs);
  leftMs -= forMs;
  const { kills, runs, commands, faults } = await runKills({ seed, forMs, hosts: 3, programsPerHost: 10, victims });
  const killed = Object.entries(kills).map(([victim, count]) => `${victim} ${count}`);
  process.stdout.write(
    `seed ${seed}, ${forMs / 1000} s: killed ${killed.join(', ')}; ${runs} runs, ${commands} commands: `,
  );
  process.stdout.write(faults.length === 0 ? 'nothing lost\n' : `${faults.length} faults\n`);
  for (const fault of faults.slice(0, 50)) process.stdout.write(`  ${fault}\n`);
  if (faults.length > 0) process.exit(1);
}
