/** What every program of a fleet takes of the machine, over time. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultyFleet } from '../faults/faulty-fleet.ts';
import { pssBytes, rssBytes } from '../support/proc.ts';
import type { Series } from './plot.ts';
import type { Sample } from './trend.ts';

const mib = 2 ** 20;

export class Samples {
  readonly #faulty: FaultyFleet;
  readonly #begun = process.hrtime.bigint();
  readonly #series = new Map<string, { unit: string; samples: Sample[] }>();

  constructor(faulty: FaultyFleet) {
    this.#faulty = faulty;
  }

  get all(): readonly Series[] {
    return [...this.#series].map(([name, { unit, samples }]) => ({ name, unit, samples }));
  }

  async take(): Promise<void> {
    const { fleet, names } = this.#faulty;
    this.#memory('controller', fleet.program('controller').pid);
    for (const name of names) {
      this.#memory(`${name} engine`, fleet.program(name).pid);
      const link = this.#faulty.linkOf(name);
      if (link !== undefined) this.#memory(`${name} link`, link);
    }
    const metrics = await (await fetch(`http://${fleet.ports.http}/metrics`)).text();
    const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1];
    this.#note('controller: event loop late, p99', 'ms', Number(lag) * 1000);
    this.#files('controller.db', join(fleet.folder, 'controller'), 'controller.db');
    for (const name of names) this.#files(`${name} agent.db`, join(fleet.folder, name, 'data'), 'agent.db');
  }

  #memory(of: string, pid: number): void {
    this.#note(`${of}: RSS`, 'MiB', rssBytes(pid) / mib);
    this.#note(`${of}: PSS`, 'MiB', pssBytes(pid) / mib);
  }

  /** A database with its log. */
  #files(of: string, folder: string, name: string): void {
    const bytes = [name, `${name}-wal`].map(
      (file) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0,
    );
    this.#note(of, 'MiB', bytes.reduce((sum, size) => sum + size, 0) / mib);
  }

  #note(name: string, unit: string, value: number): void {
    const atS = Number(process.hrtime.bigint() - this.#begun) / 1e9;
    const series = this.#series.get(name) ?? { unit, samples: [] };
    series.samples.push({ atS, value });
    this.#series.set(name, series);
  }
}
