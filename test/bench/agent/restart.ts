/** How soon a program that was killed runs again. */
import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../report.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, sleepers } from './measure.ts';

export async function restart(subject: Subject): Promise<Figures> {
  await using daemon = new Daemon(subject, sleepers(1).replace('startsecs=0', 'startsecs=0\nautorestart=true'));
  await daemon.untilChildren(1);
  await wait(1500);
  const latencies: number[] = [];
  for (let i = 0; i < 15; i++) {
    const old = daemon.children()[0] ?? 0;
    const begun = process.hrtime.bigint();
    process.kill(old, 'SIGKILL');
    // Never by asking the daemon: every question would wake it.
    while (!daemon.children().some((pid) => pid !== old)) if (msSince(begun) > 50) await wait(1);
    latencies.push(msSince(begun));
    await wait(100 + i * 37);
  }
  return {
    'kill -9 until the successor runs, median': { unit: 'ms', value: quantile(latencies, 0.5) },
    'kill -9 until the successor runs, worst of 15': { unit: 'ms', value: Math.max(...latencies) },
  };
}
