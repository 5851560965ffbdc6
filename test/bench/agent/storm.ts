/** Whether 200 programs that die at once, for ever, leave a supervisor time for its clients. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { rssBytes } from '../../support/proc.ts';
import { quantile } from '../report.ts';
import { RpcClient, served } from '../rpc-client.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, MiB, sleepers } from './measure.ts';

const STORM_MS = 8000;

export async function storm(subject: Subject): Promise<Figures> {
  await using daemon = new Daemon(subject, served + sleepers(200, 'true\nautorestart=true'));
  using client = new RpcClient(daemon);
  await client.untilAnswered();
  await wait(2000);
  const spawned = () => readFileSync(join(daemon.folder, 'main.log'), 'utf8').split(' spawned: ').length;
  const [cpu, spawnedBefore, begun] = [daemon.cpuSeconds(), spawned(), process.hrtime.bigint()];
  const latencies: number[] = [];
  while (msSince(begun) < STORM_MS) {
    const asked = process.hrtime.bigint();
    await client.call('supervisor.getAllProcessInfo');
    latencies.push(msSince(asked));
    await wait(100);
  }
  const [spawns, seconds] = [spawned() - spawnedBefore, msSince(begun) / 1000];
  return {
    'crash storm of 200: status, median': { unit: 'ms', value: quantile(latencies, 0.5) },
    '… status, p99': { unit: 'ms', value: quantile(latencies, 0.99) },
    '… programs started': { unit: '/s', value: spawns / seconds },
    '… daemon CPU per start': { unit: 'ms', value: ((daemon.cpuSeconds() - cpu) * 1000) / spawns },
    '… RSS after it': { unit: 'MiB', value: rssBytes(daemon.pid) / MiB },
  };
}
