/** A pool and a real listener: the protocol as a program of the user's speaks it, over real pipes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { systemClock } from '@fleetvisor/primitives';
import { afterEach, expect, it, vi } from 'vitest';
import { runId } from '../../supervision/process/state.ts';
import { ListenerPool } from './listener-pool.ts';
import { listenerGroup } from './testing/listening-world.ts';

/**
 * What users write: reads a header and as many characters of body as it says, tells on stderr what it got, and rejects
 * the first event.
 */
const listener = `
  answer=FAIL
  while printf 'READY\\n' && read -r header; do
    body=$(dd bs=1 count="\${header##*len:}" 2>/dev/null)
    printf '%s/%s\\n' "$header" "$body" >&2
    printf 'RESULT %d\\n%s' "\${#answer}" "$answer"
    answer=OK
  done
`;

let child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;

afterEach(() => void child?.kill('SIGKILL'));

it('delivers every event in order, the rejected one twice', async () => {
  const program = spawn('/bin/sh', ['-c', listener], { stdio: ['pipe', 'pipe', 'pipe'] });
  child = program;
  let heard = '';
  program.stderr.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  using pool = new ListenerPool(listenerGroup('lst', ['REMOTE_COMMUNICATION']), {
    clock: systemClock,
    log: () => {},
    identifier: () => 'me',
    sendStdin: (_, chunk) => {
      program.stdin.write(chunk);
      return 'taken';
    },
    defer: (run) => void setImmediate(run),
  });
  const process = { group: 'lst', name: 'lst' };
  const pid = program.pid ?? 0;
  program.stdout.on('data', pool.listens({ process, channel: 'stdout', pid: () => pid }));
  const facts = { run: runId(1), pid, tries: 0, exit: undefined, expected: true, spawnError: '' };
  pool.transition(process, { from: 'STARTING', to: 'RUNNING', ...facts });

  for (let serial = 0; serial < 10; serial++) {
    pool.accept({ serial, type: 'REMOTE_COMMUNICATION', payload: Buffer.from(`type:t\nno. ${serial}`) }, 1);
  }

  await vi.waitFor(() => expect(heard.match(/no\. \d/g)).toHaveLength(11), { timeout: 5000 });
  expect(heard.match(/ serial:\d/g)?.join('')).toBe(
    ' serial:0 serial:0 serial:1 serial:2 serial:3 serial:4 serial:5 serial:6 serial:7 serial:8 serial:9',
  );
  expect(heard).toContain('eventname:REMOTE_COMMUNICATION len:12/type:t\nno. 9\n');
});
