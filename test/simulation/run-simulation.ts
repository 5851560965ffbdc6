/**
 * `npm run simulate`: tells many stories, one seed after the other, until one fails or all are told.
 *
 *   npm run simulate -- --seeds 1000 [--from 1] [--hosts N] [--busy NAME]
 *   npm run simulate -- --seed 4711 [--hosts N] [--busy NAME]           one story, told in full
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { diskFolder } from './disks.ts';
import { busyPlans } from './plan/busy-plans.ts';
import { drawPlan } from './plan/draw-plan.ts';
import { itemLine, type Plan } from './plan/plan.ts';
import { reportOf } from './report.ts';
import { tellStory } from './tell-story.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    hosts: { type: 'string' },
    busy: { type: 'string' },
    seed: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
  },
});

const hosts = values.hosts === undefined ? undefined : wholeNumber('--hosts', values.hosts);
const busier = values.busy === undefined ? undefined : busyPlan(values.busy);
const planOf = (seed: number) => {
  const plan = drawPlan(seed, hosts);
  return busier?.(plan) ?? plan;
};
/** As it was asked for. */
const kindOptions = [
  ...(hosts === undefined ? [] : ['--hosts', String(hosts)]),
  ...(values.busy === undefined ? [] : ['--busy', values.busy]),
];
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Told by one process: what was killed in a story leaves promises and signals behind that nobody ever settles. */
const seedsPerProcess = 200;

process.exitCode = values.seed === undefined ? await many() : await one(wholeNumber('--seed', values.seed));

async function many(): Promise<number> {
  const [count, from] = [wholeNumber('--seeds', values.seeds), wholeNumber('--from', values.from)];
  if (count > seedsPerProcess) return inTurns(count, from);
  let [steps, ms, failures] = [0, 0, 0];
  for (let seed = from; seed < from + count; seed++) {
    const plan = planOf(seed);
    const story = await tellStory({ plan, disks: diskFolder() });
    steps += story.steps;
    ms += story.ms;
    if (story.violation === undefined) continue;
    failures++;
    say(await reportOf(plan, story));
    say(`again: npm run simulate -- ${['--seed', seed, ...kindOptions].join(' ')}\n`);
    if (!values['keep-going']) break;
  }
  if (failures === 0) {
    const hours = (ms / 3_600_000).toFixed(1);
    say(`${count} seeds from ${from} on: all held (${hours} virtual hours, ${steps} steps)`);
  }
  return failures === 0 ? 0 : 1;
}

/** One process after the other. */
function inTurns(count: number, from: number): number {
  let failures = 0;
  for (let first = from; first < from + count; first += seedsPerProcess) {
    const seeds = Math.min(seedsPerProcess, from + count - first);
    const options = [...kindOptions];
    if (values['keep-going']) options.push('--keep-going');
    const args = [
      ...process.execArgv,
      import.meta.filename,
      '--seeds',
      String(seeds),
      '--from',
      String(first),
      ...options,
    ];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) failures++;
    if (failures > 0 && !values['keep-going']) break;
  }
  return failures === 0 ? 0 : 1;
}

async function one(seed: number): Promise<number> {
  const plan = planOf(seed);
  say(`seed ${seed}: ${plan.hosts} hosts, calm from ${(plan.calmFromMs / 1000).toFixed(3)} s on`);
  for (const item of plan.items) say(`  ${itemLine(item)}`);
  const story = await tellStory({ plan, disks: diskFolder() });
  for (const line of story.lines) say(line);
  say(story.violation === undefined ? `all held; digest ${story.digest}` : `VIOLATION ${story.violation}`);
  return story.violation === undefined ? 0 : 1;
}

function busyPlan(name: string): (plan: Plan) => Plan {
  const plan = busyPlans[name];
  if (plan !== undefined) return plan;
  process.stderr.write(`--busy takes one of ${Object.keys(busyPlans).join(', ')}, not '${name}'\n`);
  process.exit(2);
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`${option} takes a whole number above 0, not '${text}'\n`);
  process.exit(2);
}
