/** How long a start takes: until the first answer, and until all programs run. */
import { setTimeout as wait } from 'node:timers/promises';
import { rssBytes } from '../../support/proc.ts';
import { RpcClient, served } from '../rpc-client.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, MiB, sleepers } from './measure.ts';

export async function start(subject: Subject): Promise<Figures> {
  const begun = process.hrtime.bigint();
  await using daemon = new Daemon(subject, served);
  using client = new RpcClient(daemon);
  await client.untilAnswered();
  const ms = msSince(begun);
  const cpu = daemon.cpuSeconds() * 1000;
  await wait(1000);
  return {
    'first answer without programs': { unit: 'ms', value: ms },
    '… daemon CPU': { unit: 'ms', value: cpu },
    '… RSS': { unit: 'MiB', value: rssBytes(daemon.pid) / MiB },
  };
}

export async function boot(subject: Subject): Promise<Figures> {
  const figures: Record<string, { unit: string; value: number }> = {};
  for (const count of [50, 200, 1000]) {
    const begun = process.hrtime.bigint();
    await using daemon = new Daemon(subject, sleepers(count));
    await daemon.untilChildren(count);
    figures[`boot of ${count} programs`] = { unit: 'ms', value: msSince(begun) };
    figures[`daemon CPU per program, ${count}`] = { unit: 'ms', value: (daemon.cpuSeconds() * 1000) / count };
  }
  return figures;
}
