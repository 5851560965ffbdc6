/**
 * Signals that come where this process is about to be another program (execve(2)): they are handed on by their names. Nothing
 * else keeps them: whatever is blocked or ignored, Node undoes it when it begins. The launcher hands on what comes to it in
 * the same way. What each means, and who acts on it, is for the daemon.
 */
import { readdirSync, readlinkSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { HELD_SIGNALS_VARIABLE } from './environment.ts';
import { libcCall } from './libc.ts';

/**
 * Takes what Node has caught and no listener has heard of yet: it notes each signal for its event loop, which may never turn
 * again. Of signals too that nobody here acts on. To be called with nothing but execve behind it.
 * @throws FleetError `unavailable` where koffi does not run on this system
 */
export function takeUnheardSignals(): readonly NodeJS.Signals[] {
  const numbers = new Set(ownPipes().flatMap(notesIn));
  // All of Node's names are of its own table of numbers.
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  return names.filter((name) => numbers.has(constants.signals[name]));
}

/** For the environment of the program that is to hear of them. */
export function handOnSignals(signals: readonly NodeJS.Signals[]): Record<string, string> {
  const words = new Set(signals.map((signal) => signal.replace(/^SIG/, '')));
  return words.size === 0 ? {} : { [HELD_SIGNALS_VARIABLE]: [...words].join(' ') };
}

/** What was handed on to this program. To be asked once. @param env what tells of it is taken out of it */
export function takeHandedSignals(env: Record<string, string | undefined>): readonly string[] {
  const words = env[HELD_SIGNALS_VARIABLE]?.split(' ').filter((word) => word !== '') ?? [];
  delete env[HELD_SIGNALS_VARIABLE];
  return words.map((word) => `SIG${word}`);
}

/** Pipes of which this process has both ends: whoever reads them is the one who writes. */
function ownPipes(): readonly number[] {
  const pipes = Map.groupBy(readdirSync('/proc/self/fd').map(Number), linkOf);
  return [...pipes].flatMap(([link, fds]) => (link.startsWith('pipe:') && fds.length === 2 ? fds.slice(0, 1) : []));
}

function linkOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // the one that was open to list the folder
  }
}

/** What libuv writes for each signal that it catches (`uv__signal_msg_t`): a pointer, the number, and nothing. */
const NOTE_BYTES = 16;
const NUMBER_AT = 8;
const NOTES_BYTES_MAX = 64 * 1024;

/** The numbers of the signals. A pipe with less in it than a note is another one of Node's, which must not be read. */
function notesIn(fd: number): readonly number[] {
  if (waitingBytes(fd) < NOTE_BYTES) return [];
  const notes = Buffer.alloc(NOTES_BYTES_MAX);
  const count = Math.floor(readSync(fd, notes) / NOTE_BYTES);
  return Array.from({ length: count }, (_, note) => notes.readInt32LE(note * NOTE_BYTES + NUMBER_AT));
}

const FIONREAD = 0x541b;

function waitingBytes(fd: number): number {
  const count = Buffer.alloc(4);
  libcCall('int ioctl(int fd, unsigned long request, ...)')(fd, FIONREAD, 'void *', count);
  return count.readInt32LE();
}
