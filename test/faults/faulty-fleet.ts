/** A fleet of programs that keep diaries, and the question whether the central history tells the same. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentOptions, TestFleet } from '../support/fleet.ts';
import type { Place } from '../support/place.ts';
import { childrenOf, commandLine } from '../support/proc.ts';
import { until } from '../support/until.ts';
import { numberingFaults, readHistory } from './central-history.ts';
import { processFaults } from './compare.ts';
import { diarist, diaryConf, diaryFile, readDiary } from './diary.ts';
import { SmallDisk } from './small-disk.ts';

export interface FaultyFleetOptions {
  readonly hosts: number;
  readonly programsPerHost: number;
  /** Further sections for every host. */
  readonly conf?: string;
  readonly place?: Place;
  /** The folder, below that of the fleet, that gets a disk of its own. */
  readonly smallDisk?: { readonly folder: string; readonly mib: number };
}

export class FaultyFleet implements AsyncDisposable {
  readonly fleet: TestFleet;
  readonly hosts: readonly AgentOptions[];
  readonly programs: readonly string[];
  /** By host and program: which of its runs. */
  readonly #killed = new Map<string, Set<number>>();
  readonly #disk: SmallDisk | undefined;

  private constructor({ hosts, programsPerHost, smallDisk, place, conf = '' }: FaultyFleetOptions) {
    this.fleet = new TestFleet(place);
    const { folder } = this.fleet;
    this.programs = Array.from({ length: programsPerHost }, (_, i) => `d${i + 1}`);
    this.hosts = Array.from({ length: hosts }, (_, i): AgentOptions => {
      const name = `h${i + 1}`;
      mkdirSync(join(folder, name), { recursive: true });
      return { name, conf: diaryConf(join(folder, name), programsPerHost) + conf };
    });
    this.#disk = smallDisk && new SmallDisk(join(folder, smallDisk.folder), smallDisk.mib);
  }

  static async start(options: FaultyFleetOptions): Promise<FaultyFleet> {
    const faulty = new FaultyFleet(options);
    const { fleet, hosts } = faulty;
    try {
      await fleet.startController();
      for (const agent of hosts) fleet.startAgent(agent);
      await fleet.allOnline(faulty.names);
      return faulty;
    } catch (error) {
      await faulty[Symbol.asyncDispose]();
      throw error;
    }
  }

  get disk(): SmallDisk {
    if (this.#disk === undefined) throw new Error('no folder of this fleet has a disk of its own');
    return this.#disk;
  }

  get names(): readonly string[] {
    return this.hosts.map(({ name }) => name);
  }

  /** The link process of a host, if there is one at this moment. */
  linkOf(name: string): number | undefined {
    return childrenOf(this.fleet.program(name).pid).find((pid) =>
      commandLine(pid).join(' ').includes('fleet-agent-link'),
    );
  }

  /** Kills a program as the kernel does. @returns its pid; undefined when it has just ended by itself */
  killProgram(host: string, program: string): number | undefined {
    const runs = this.runs(host, program);
    const run = runs.at(-1);
    if (run === undefined || run.code !== undefined || run.isStopped) return undefined;
    if (!commandLine(run.pid).includes(diarist)) return undefined;
    try {
      process.kill(run.pid, 'SIGKILL');
    } catch {
      return undefined;
    }
    this.#killedOf(host, program).add(runs.length - 1);
    return run.pid;
  }

  /** Stops every program, so that no more happens. */
  async rest(): Promise<void> {
    await until('every program is stopped', async () => {
      const { code } = await this.fleet.ctl('stop', 'all', '--yes', '--timeout', '10s');
      const states = [...(await this.fleet.processes()).values()].map(({ state }) => state);
      return code === 0 && states.length > 0 && states.every((state) => state === 'STOPPED' || state === 'EXITED');
    });
  }

  /** What the history lacks, has twice or has wrong; once all programs are stopped. */
  async faults(): Promise<readonly string[]> {
    const history = await readHistory(this.fleet);
    const faults = [...numberingFaults(history)];
    for (const host of this.names) {
      for (const program of this.programs) {
        const own = history.filter((event) => event.host === host && event.process === program);
        const killed = this.#killedOf(host, program);
        faults.push(...processFaults(`${host} ${program}`, this.runs(host, program), own, killed));
      }
    }
    return faults;
  }

  /** Waits until the history is as it has to be. @returns what is still wrong with it */
  async lastingFaults(boundMs = 30_000): Promise<readonly string[]> {
    let faults: readonly string[] = [];
    await until(
      'the history is whole',
      async () => {
        faults = await this.faults();
        return faults.length === 0;
      },
      boundMs,
    ).catch(() => undefined);
    return faults;
  }

  runs(host: string, program: string): ReturnType<typeof readDiary> {
    return readDiary(this.#diary(host, program));
  }

  get runCount(): number {
    return this.names
      .flatMap((host) => this.programs.map((program) => this.runs(host, program).length))
      .reduce((a, b) => a + b, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disk?.[Symbol.dispose]();
    await this.fleet[Symbol.asyncDispose]();
  }

  #killedOf(host: string, program: string): Set<number> {
    const key = `${host} ${program}`;
    const known = this.#killed.get(key) ?? new Set();
    this.#killed.set(key, known);
    return known;
  }

  #diary(host: string, program: string): string {
    return diaryFile(join(this.fleet.folder, host), program);
  }
}
