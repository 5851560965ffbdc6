/** How long it takes to stop and to start 200 programs, and to end with them. */
import { setTimeout as wait } from 'node:timers/promises';
import { RpcClient, served } from '../rpc-client.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, sleepers } from './measure.ts';

export async function stop(subject: Subject): Promise<Figures> {
  await using daemon = new Daemon(subject, served + sleepers(200));
  using client = new RpcClient(daemon);
  await client.untilRunning(200);
  await wait(1000);
  const timed = async (act: () => Promise<unknown>) => {
    const begun = process.hrtime.bigint();
    await act();
    return { unit: 'ms', value: msSince(begun) };
  };
  return {
    'stop all of 200': await timed(() => client.call('supervisor.stopAllProcesses')),
    'start all of 200': await timed(() => client.call('supervisor.startAllProcesses')),
    'SIGTERM until 200 and the daemon are gone': await timed(() => daemon.end()),
  };
}
