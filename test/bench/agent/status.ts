/** How fast the state of all processes is told, as the clients ask for it. */

import { quantile } from '../report.ts';
import { RpcClient, served } from '../rpc-client.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, sleepers } from './measure.ts';

/** Supervisord needs a second for one of 1000 processes. */
const SERIES_MS_MAX = 8000;

export async function status(subject: Subject): Promise<Figures> {
  const figures: Record<string, Figures[string]> = {};
  for (const count of [10, 200, 1000]) {
    await using daemon = new Daemon(subject, served + sleepers(count));
    using client = new RpcClient(daemon);
    await client.untilRunning(count);
    const all = () => client.call('supervisor.getAllProcessInfo');
    const cpu = daemon.cpuSeconds();
    const kept = await timed(50, all);
    const cpuMs = ((daemon.cpuSeconds() - cpu) * 1000) / kept.length;
    const anew = await timed(20, async () => {
      using another = new RpcClient(daemon);
      await another.call('supervisor.getAllProcessInfo');
    });
    const one = await timed(50, () => client.call('supervisor.getProcessInfo', 'p0'));
    figures[`status of ${count}, kept connection`] = { unit: 'ms', value: quantile(kept, 0.5) };
    figures[`status of ${count}, new connection`] = { unit: 'ms', value: quantile(anew, 0.5) };
    figures[`status of ${count}, daemon CPU`] = { unit: 'ms', value: cpuMs };
    figures[`status of one in ${count}`] = { unit: 'ms', value: quantile(one, 0.5) };
  }
  return figures;
}

async function timed(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const begun = process.hrtime.bigint();
  while (times.length < count && (times.length < 3 || msSince(begun) < SERIES_MS_MAX)) {
    const asked = process.hrtime.bigint();
    await call();
    times.push(msSince(asked));
  }
  return times;
}
