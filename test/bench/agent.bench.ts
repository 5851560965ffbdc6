/**
 * What one agent costs and how fast it is, side by side with supervisord (A B A B) where that is installed:
 *   npm run bench:agent [-- start boot restart status storm stop update logs lines idle]
 * Prints figures and never fails on a time.
 */
import { boot, start } from './agent/boot.ts';
import { idle } from './agent/idle.ts';
import { lines, logs } from './agent/logs.ts';
import type { Measure } from './agent/measure.ts';
import { restart } from './agent/restart.ts';
import { status } from './agent/status.ts';
import { stop } from './agent/stop.ts';
import { storm } from './agent/storm.ts';
import { update } from './agent/update.ts';
import { type Figure, print, printFigure, printMachine, printRatio } from './report.ts';
import { ours, subjects } from './subject.ts';

const scenarios: Readonly<Record<string, { readonly measure: Measure; readonly rounds: number }>> = {
  start: { measure: start, rounds: 5 },
  boot: { measure: boot, rounds: 3 },
  restart: { measure: restart, rounds: 2 },
  status: { measure: status, rounds: 2 },
  storm: { measure: storm, rounds: 2 },
  stop: { measure: stop, rounds: 3 },
  update: { measure: update, rounds: 3 },
  logs: { measure: logs, rounds: 3 },
  lines: { measure: lines, rounds: 2 },
  idle: { measure: idle, rounds: 1 },
};

async function run(name: string): Promise<void> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario '${name}'; there are ${Object.keys(scenarios).join(', ')}`);
  const found = new Map<string, Map<string, Figure>>();
  for (let round = 0; round < scenario.rounds; round++) {
    for (const subject of subjects()) {
      const figures = found.get(subject.name) ?? new Map<string, Figure>();
      found.set(subject.name, figures);
      for (const [what, { unit, value }] of Object.entries(await scenario.measure(subject))) {
        figures.set(what, { what, unit, values: [...(figures.get(what)?.values ?? []), value] });
      }
    }
  }
  for (const [subject, figures] of found) for (const figure of figures.values()) printFigure(subject, figure);
  for (const [what, figure] of found.get(ours.name) ?? []) {
    const peer = found.get('supervisord')?.get(what);
    if (peer !== undefined) printRatio(figure, peer);
  }
  print('');
}

printMachine();
if (subjects().length === 1)
  print('supervisord is not installed: nothing to compare with (apt-get install supervisor)');
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) await run(name);
