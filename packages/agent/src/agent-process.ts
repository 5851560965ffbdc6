/** fleet-agent as a process: the only file, besides main, that reads the arguments and the environment; and it exits. */
import { readlinkSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom, withoutBufferPool } from '@fleetvisor/primitives';
import { runAgent } from './command-line.ts';
import type { DaemonSignals } from './daemon/signals.ts';
import { daemonChannel } from './os/daemon-channel.ts';
import { EXECUTABLE_VARIABLE, SENT_BACK_VARIABLE } from './os/environment.ts';
import { closeInheritedDescriptors } from './os/inherited-descriptors.ts';
import { descriptorsOf, takeHandover } from './upgrade/handover.ts';

/** Beside this file: as a bundle beside a bundle, as source beside source. */
const linkProgram = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './link.ts' : './fleet-agent-link.mjs', import.meta.url),
);

/** Without the launcher, where it lies: nobody is called by a path that we could know. */
const calledBy = process.env[EXECUTABLE_VARIABLE] ?? fileURLToPath(new URL('../bin/fleet-agent', import.meta.url));

/** Does not come back. @param signals of a daemon; any other verb leaves them as they are */
export async function runProcess(signals: DaemonSignals | undefined): Promise<never> {
  withoutBufferPool();

  // Before the others are closed: a copy in the background tells its starter through one of them.
  const channel = daemonChannel(process.env);
  const taken = takeHandover(process.env);
  closeInheritedDescriptors(taken.kind === 'taken' ? descriptorsOf(taken.handover) : []);
  if (taken.kind === 'unreadable')
    process.stderr.write(`Error: ${taken.reason}; its programs are taken over as after a crash\n`);

  // Whoever read our output may go away; the programs must not lose their supervisor over it.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  return process.exit(
    await runAgent(process.argv.slice(2), {
      clock: systemClock,
      random: systemRandom,
      env: process.env,
      cwd: taken.kind === 'taken' ? taken.handover.daemon.startedIn : workingFolder(),
      argv: process.argv.slice(1),
      linkProgram,
      channel,
      // In place of a version that has failed: what that was called by is what leads to the next one.
      executable: process.env[SENT_BACK_VARIABLE] ?? calledBy,
      launcher: launcherAt(calledBy),
      handover: taken.kind === 'taken' ? taken.handover : undefined,
      uid: process.getuid?.() ?? 0,
      stdout: (text) => void process.stdout.write(text),
      stderr: (text) => void process.stderr.write(text),
      signals: signals ?? { serve: () => {}, waiting: () => [] },
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
}

/** A link to it may lead to another version tomorrow. */
function launcherAt(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

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
