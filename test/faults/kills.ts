/** SIGKILL at random moments, by a seed, of whatever there is, while programs write, crash and are commanded; then the reckoning. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Random, seededRandom } from '@fleetvisor/primitives';
import { commandFaults } from './command-record.ts';
import { FaultyFleet } from './faulty-fleet.ts';

/**
 * `both`: the controller and every link. `engine`: an agent, whose programs are to run on (`docs/reference/fleet-agent.md`);
 * `all`: every agent and the controller.
 */
export type Victim = 'link' | 'controller' | 'both' | 'program' | 'engine' | 'all';

/** How long a link may wait that has dialled in vain again and again, and a little for the session. */
const longestDialMs = 75_000;

export interface KillOptions {
  readonly seed: number;
  readonly forMs: number;
  readonly hosts: number;
  readonly programsPerHost: number;
  /** Drawn from, one as likely as the other; name one twice to make it likelier. */
  readonly victims: readonly Victim[];
}

export interface KillReport {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly runs: number;
  readonly commands: number;
  /** Pieces that logs lack, at most one for each agent that was killed: what it had read in that moment and not written. */
  readonly gaps: readonly string[];
  /** Empty: nothing else was lost, nothing is there twice, and everything is in order. */
  readonly faults: readonly string[];
}

export async function runKills(options: KillOptions): Promise<KillReport> {
  const random = seededRandom(options.seed);
  const kills: Record<Victim, number> = { link: 0, controller: 0, both: 0, program: 0, engine: 0, all: 0 };
  await using faulty = await FaultyFleet.start({ ...options, areWriting: true });
  const over = AbortSignal.timeout(options.forMs);
  const commanding = command(faulty, seededRandom(options.seed + 1), over);
  while (!over.aborted) {
    await wait(200 + random.next() * 1_300);
    const victim = pick(random, options.victims);
    kills[victim]++;
    await kill(victim, faulty, random);
  }
  const commands = await commanding;
  await faulty.fleet.allOnline(faulty.names, longestDialMs);
  await faulty.rest();
  const faults = [...(await faulty.lastingFaults()), ...(await commandFaults(faulty.fleet))];
  return { kills, runs: faulty.runCount, commands, gaps: faulty.gaps, faults };
}

async function kill(victim: Victim, faulty: FaultyFleet, random: Random): Promise<void> {
  const { fleet, names, programs } = faulty;
  const host = pick(random, names);
  switch (victim) {
    case 'link':
      return killLink(faulty, host);
    case 'program':
      faulty.killProgram(host, pick(random, programs));
      return;
    case 'both':
    case 'controller': {
      if (victim === 'both') for (const name of names) killLink(faulty, name);
      await fleet.end('controller', 'SIGKILL');
      // Sometimes it is back at once, sometimes long enough away for links to give up.
      await wait(random.next() ** 2 * 2_000);
      await fleet.startController();
      return;
    }
    case 'engine':
      await killAgents(faulty, [host], random);
      return;
    case 'all': {
      const agents = killAgents(faulty, names, random);
      await fleet.end('controller', 'SIGKILL');
      await wait(random.next() ** 2 * 2_000);
      await fleet.startController();
      await agents;
    }
  }
}

/** As a service manager starts it again; one in three is killed once more while it begins, and a program may go meanwhile. */
async function killAgents(faulty: FaultyFleet, hosts: readonly string[], random: Random): Promise<void> {
  for (const host of hosts) {
    const again = random.next() < 1 / 3 ? random.next() * 500 : undefined;
    await faulty.killAgent(host);
    if (random.next() < 0.5) faulty.killProgram(host, pick(random, faulty.programs));
    await wait(random.next() ** 2 * 2_000);
    faulty.restartAgent(host);
    if (again === undefined) continue;
    await wait(again);
    await faulty.killAgent(host);
    faulty.restartAgent(host);
  }
}

function killLink(faulty: FaultyFleet, host: string): void {
  const pid = faulty.linkOf(host);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

/** Restarts one program after another; whether fleetctl gets an answer is not asked here. @returns how many were given */
async function command(faulty: FaultyFleet, random: Random, over: AbortSignal): Promise<number> {
  let given = 0;
  while (!over.aborted) {
    const host = pick(random, faulty.names);
    const { code } = await faulty.fleet.ctl(
      'restart',
      pick(random, faulty.programs),
      '--host',
      host,
      '--timeout',
      '5s',
    );
    if (code !== null) given++;
    await wait(random.next() * 1_000);
  }
  return given;
}

function pick<T>(random: Random, among: readonly T[]): T {
  const one = among[Math.floor(random.next() * among.length)];
  if (one === undefined) throw new Error('there is nothing to pick from');
  return one;
}
