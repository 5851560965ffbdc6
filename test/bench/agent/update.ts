/** How long it takes to take up a change of the config. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { RpcClient, served } from '../rpc-client.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, sleepers } from './measure.ts';

export async function update(subject: Subject): Promise<Figures> {
  await using daemon = new Daemon(subject, served + sleepers(200));
  using client = new RpcClient(daemon);
  await client.untilRunning(200);
  await wait(1000);
  let begun = process.hrtime.bigint();
  await client.call('supervisor.reloadConfig');
  const unchanged = msSince(begun);
  const text = readFileSync(daemon.conf, 'utf8');
  writeFileSync(daemon.conf, text.replace('command=sleep 100000', 'command=sleep 200000'));
  const before = new Set(daemon.children());
  begun = process.hrtime.bigint();
  // What supervisorctl update does.
  await client.call('supervisor.reloadConfig');
  for (const act of ['stopProcessGroup', 'removeProcessGroup', 'addProcessGroup']) {
    await client.call(`supervisor.${act}`, 'p0');
  }
  while (!daemon.children().some((pid) => !before.has(pid))) await wait(1);
  return {
    'reread of 200, nothing changed': { unit: 'ms', value: unchanged },
    'update of one of 200, until it runs': { unit: 'ms', value: msSince(begun) },
  };
}
