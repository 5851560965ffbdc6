/** The main of the link process: joins the bridge to the network. Started by the engine alone, and ends with it. */
import { messageOf, systemClock, systemRandom } from '@fleetvisor/primitives';
import { CHECK_ARGUMENT } from './bridge/check-link.ts';
import { linkEndOf } from './bridge/ipc.ts';
import { grpcConnect } from './link/grpc-link.ts';
import { runLink } from './link/run-link.ts';
import { readHostFacts } from './os/host-facts.ts';
import { withoutBufferPool } from './os/no-buffer-pool.ts';

async function main(): Promise<number> {
  withoutBufferPool();
  try {
    if (process.argv[2] === CHECK_ARGUMENT) return 0; // everything is loaded by now
    const engine = linkEndOf(process);
    // A link without its engine must not go on reporting the host: out at once, whatever is under way.
    process.once('disconnect', () => process.exit(0));
    // A Ctrl-C at the terminal and a stop of the whole unit reach the link too; the engine tells it when to say goodbye.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
    const clock = systemClock;
    await runLink({ engine, connect: grpcConnect(clock), facts: readHostFacts(), clock, random: systemRandom });
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
}

process.exit(await main());
