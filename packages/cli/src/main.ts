/** fleetctl as a process: the only file that reads the environment, listens to signals and exits. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { FleetError, messageOf, systemClock } from '@fleetvisor/primitives';
import { runCli, type World } from './cli.ts';
import type { ContextFile } from './context/context-store.ts';
import { ask } from './terminal/ask.ts';
import { Ended, type EndedWhy } from './terminal/ended.ts';
import { readAll } from './terminal/read-all.ts';
import { streamSink } from './terminal/sink.ts';

const ended = new AbortController();
endOn('SIGINT', 'interrupted');
endOn('SIGTERM', 'terminated');
endOn('SIGHUP', 'terminated');

const world: World = {
  env: process.env,
  home: homedir(),
  actor: `${userName()}@${hostname()}`,
  // That of the process; asking for its name would load ICU for commands that show no moment.
  timeZone: undefined,
  stdout: streamSink(process.stdout),
  stderr: streamSink(process.stderr),
  clock: systemClock,
  signal: ended.signal,
  ask: (question) => ask(question, { stdin: process.stdin, stderr: process.stderr }, ended.signal),
  contextFile,
  readFile: readInput,
};

// Every write has been waited for, and what is left (a connection half open) must not keep the person waiting.
process.exit(await runCli(process.argv.slice(2), world));

/** The first one ends in order, the second one at once. */
function endOn(signal: NodeJS.Signals, why: EndedWhy): void {
  process.on(signal, () => {
    const reason = new Ended(why);
    if (ended.signal.aborted) process.exit(reason.exitCode);
    ended.abort(reason);
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user that has no name.
    return `uid${process.getuid?.() ?? ''}`;
  }
}

function contextFile(path: string): ContextFile {
  return {
    path,
    read: async () => {
      try {
        return await readFile(path, 'utf8');
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
        throw contextFileError('read', path, thrown);
      }
    },
    write: async (text) => {
      const fresh = `${path}.${process.pid}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(fresh, text);
        await rename(fresh, path);
      } catch (thrown) {
        throw contextFileError('write', path, thrown);
      }
    },
  };
}

function contextFileError(verb: 'read' | 'write', path: string, cause: unknown): FleetError {
  const advice = 'it has to be a file that you may read and write; FLEETCTL_CONFIG names another';
  return new FleetError(
    'invalid',
    `cannot ${verb} the contexts file ${path}: ${messageOf(cause)}: ${advice}`,
    { path },
    { cause },
  );
}

async function readInput(path: string): Promise<Uint8Array> {
  if (path === '-') return readAll(process.stdin, ended.signal);
  try {
    return await readFile(path);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? ` (${String(thrown.code)})` : '';
    throw new FleetError(
      'not_found',
      `cannot read ${path}${code}: see whether it is there and may be read`,
      { path },
      {
        cause: thrown,
      },
    );
  }
}
