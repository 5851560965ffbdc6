/** fleet-controller as a process: the only file that reads the arguments, listens to signals and exits. */
import { systemClock, systemRandom, withoutBufferPool } from '@fleetvisor/primitives';
import { runController } from './command-line.ts';

withoutBufferPool();

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // The first one asks for an orderly stop; who asks twice does not want to wait for it.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(signal);
  });
}
// The log's reader may go away; the fleet must not lose its controller over it.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

process.exit(
  await runController(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stopping.signal,
    clock: systemClock,
    random: systemRandom,
  }),
);
