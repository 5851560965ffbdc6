/** fleet-agent as a process: the only file that reads the arguments and the environment, listens to signals and exits. */
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import { runAgent } from './command-line.ts';
import { daemonChannel } from './os/daemon-channel.ts';
import { EXECUTABLE_VARIABLE } from './os/environment.ts';
import { closeInheritedDescriptors } from './os/inherited-descriptors.ts';

/** Beside this file: as a bundle beside a bundle, as source beside source. */
const linkProgram = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './link.ts' : './fleet-agent-link.mjs', import.meta.url),
);

/** Without the launcher, where it lies: nobody is called by a path that we could know. */
const executable = process.env[EXECUTABLE_VARIABLE] ?? fileURLToPath(new URL('../bin/fleet-agent', import.meta.url));

// Before the others are closed: a copy in the background tells its starter through one of them.
const channel = daemonChannel(process.env);
closeInheritedDescriptors();

// Whoever read our output may go away; the programs must not lose their supervisor over it.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

process.exit(
  await runAgent(process.argv.slice(2), {
    clock: systemClock,
    random: systemRandom,
    env: process.env,
    cwd: workingFolder(),
    argv: process.argv.slice(1),
    linkProgram,
    channel,
    executable,
    uid: process.getuid?.() ?? 0,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    onSignal: (signal, act) => void process.on(signal, act),
    terminal: {
      stdin: () => process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      onInterrupt: (act) => {
        process.on('SIGINT', act);
        return () => void process.off('SIGINT', act);
      },
    },
  }),
);

/**
 * Of a folder that has been removed, what the kernel calls it, `/its/name (deleted)`: absolute paths still mean what they
 * say, and what is said of relative ones tells why they are nowhere.
 */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return readlinkSync('/proc/self/cwd');
  }
}
