/** A fleet of programs that keep diaries, and the question whether the central history tells the same. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentOptions, TestFleet } from '../support/fleet.ts';
import type { Place } from '../support/place.ts';
import { childrenOf, commandLine } from '../support/proc.ts';
import { until } from '../support/until.ts';
import { numberingFaults, readHistory } from './central-history.ts';
import { compareHistory } from './compare.ts';
import { diarist, diaryConf, diaryFile, logFile, readDiary } from './diary.ts';
import { compareLog, readLogs } from './log-lines.ts';
import { SmallDisk } from './small-disk.ts';

export interface FaultyFleetOptions {
  readonly hosts: number;
  readonly programsPerHost: number;
  /** The programs write numbered lines to their logs, which are compared as well. */
  readonly areWriting?: boolean;
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
  readonly #deeds = new Map<string, { readonly killed: Set<number>; readonly orphaned: Set<number> }>();
  readonly #areWriting: boolean;
  readonly #agentKills = new Map<string, number>();
  #gaps: string[] = [];
  readonly #disk: SmallDisk | undefined;

  private constructor({ hosts, programsPerHost, smallDisk, place, ...rest }: FaultyFleetOptions) {
    const { conf = '', areWriting = false } = rest;
    this.#areWriting = areWriting;
    this.fleet = new TestFleet(place);
    const { folder } = this.fleet;
    this.programs = Array.from({ length: programsPerHost }, (_, i) => `d${i + 1}`);
    this.hosts = Array.from({ length: hosts }, (_, i): AgentOptions => {
      const name = `h${i + 1}`;
      mkdirSync(join(folder, name), { recursive: true });
      return { name, conf: diaryConf(join(folder, name), programsPerHost, { areWriting }) + conf };
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
    this.#deedsOf(host, program).killed.add(runs.length - 1);
    return run.pid;
  }

  /** Kills an agent; `restart` is another one in its place. Meanwhile nobody is told of what its programs do. */
  async killAgent(host: string): Promise<void> {
    this.#agentKills.set(host, (this.#agentKills.get(host) ?? 0) + 1);
    const before = this.#lastRuns(host);
    await this.fleet.end(host, 'SIGKILL');
    for (const [program, last] of this.#lastRuns(host)) {
      const { orphaned } = this.#deedsOf(host, program);
      for (let nth = Math.max(0, before.get(program) ?? 0); nth <= last; nth++) orphaned.add(nth);
      // One may have been started that has not begun its diary.
      const run = this.runs(host, program)[last];
      if (run === undefined || run.lines !== undefined || this.#deedsOf(host, program).killed.has(last))
        orphaned.add(last + 1);
    }
  }

  restartAgent(host: string): void {
    this.fleet.restartAgent(this.hosts.find(({ name }) => name === host) ?? { name: host });
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
    const faults = [...numberingFaults(history), ...this.#leftBehind()];
    this.#gaps = [];
    for (const host of this.names) {
      const gaps: string[] = [];
      for (const program of this.programs) {
        const name = `${host} ${program}`;
        const own = history.filter((event) => event.host === host && event.process === program);
        const runs = this.runs(host, program);
        const compared = compareHistory(name, runs, own, this.#deedsOf(host, program));
        faults.push(...compared.faults);
        const log = this.#areWriting ? readLogs(logFile(join(this.fleet.folder, host), program)) : undefined;
        if (log === undefined) continue;
        const { orphaned } = this.#deedsOf(host, program);
        const logged = compareLog(name, runs, log, { lossy: compared.lossy, orphaned });
        faults.push(...logged.faults);
        gaps.push(...logged.gaps);
      }
      // An agent reads one pipe at a time and writes at once what it got: more than that it has not in its hands.
      const kills = this.#agentKills.get(host) ?? 0;
      if (gaps.length > kills)
        faults.push(`${host}: ${kills} agents were killed, and logs have more gaps: ${gaps.join('; ')}`);
      this.#gaps.push(...gaps);
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

  /** Of logs, as `faults` has found them last: what agents had in their hands when they were killed. */
  get gaps(): readonly string[] {
    return this.#gaps;
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

  #deedsOf(host: string, program: string): { readonly killed: Set<number>; readonly orphaned: Set<number> } {
    const key = `${host} ${program}`;
    const known = this.#deeds.get(key) ?? { killed: new Set(), orphaned: new Set() };
    this.#deeds.set(key, known);
    return known;
  }

  /** Of each program; -1 before its first. */
  #lastRuns(host: string): ReadonlyMap<string, number> {
    return new Map(this.programs.map((program) => [program, this.runs(host, program).length - 1]));
  }

  /** Programs that nobody has stopped: an agent that had them no longer knows them. */
  #leftBehind(): readonly string[] {
    const runs = this.names.flatMap((host) => this.programs.flatMap((program) => this.runs(host, program)));
    return [...new Set(runs.map(({ pid }) => pid))]
      .filter((pid) => commandLine(pid).some((word) => word.startsWith(this.fleet.folder)))
      .map((pid) => `pid ${pid} still runs: ${commandLine(pid).join(' ')}`);
  }

  #diary(host: string, program: string): string {
    return diaryFile(join(this.fleet.folder, host), program);
  }
}
