import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { Transition } from '../../supervision/process/effect.ts';
import { runId } from '../../supervision/process/state.ts';
import type { StateName } from '../../supervision/status.ts';
import { ListenerPool } from './listener-pool.ts';
import { listenerGroup } from './testing/listening-world.ts';

const process = { group: 'lst', name: 'lst' };
const event = { serial: 0, type: 'REMOTE_COMMUNICATION', payload: Buffer.from('x') } as const;

function transition(from: StateName, to: StateName, pid: number): Transition {
  return { from, to, pid, run: runId(1), tries: 0, exit: undefined, expected: true, spawnError: '' };
}

/** A pool of one process; what is deferred happens when `run` is called. */
function onePool() {
  const sent: string[] = [];
  const deferred: (() => void)[] = [];
  const pool = new ListenerPool(listenerGroup('lst', ['EVENT']), {
    clock: new VirtualClock(),
    log: () => {},
    identifier: () => 'me',
    sendStdin: (_, chunk) => {
      sent.push(Buffer.from(chunk).toString());
      return 'taken';
    },
    defer: (run) => deferred.push(run),
  });
  const listens = (pid: number) => {
    const reader = pool.listens({ process, channel: 'stdout', pid: () => pid });
    return (text: string) => reader(Buffer.from(text));
  };
  const run = () => {
    for (const next of deferred.splice(0)) next();
  };
  return { pool, sent, deferred, listens, run };
}

describe('a pool that hears late of the end of a run', () => {
  it('takes the event back when the next run begins, and is not misled by the news', () => {
    const { pool, sent, listens, run } = onePool();
    const first = listens(11);
    pool.transition(process, transition('STARTING', 'RUNNING', 11));
    first('READY\n');
    pool.accept(event, 1);
    run();
    const second = listens(12);
    second('READY\n');
    pool.transition(process, transition('RUNNING', 'EXITED', 11));
    run();
    expect(sent).toHaveLength(1); // the second is not RUNNING yet
    pool.transition(process, transition('STARTING', 'RUNNING', 12));
    run();
    expect(sent).toHaveLength(2);
    first('RESULT 2\nOK'); // of a run that is over
    second('RESULT 4\nFAILREADY\n');
    run();
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
  });
});

describe('a pool at rest', () => {
  it('wakes up for nothing', () => {
    const { pool, deferred, listens } = onePool();
    pool.accept(event, 1); // nobody is there
    const reader = listens(11);
    reader('READY\n'); // not RUNNING
    expect(deferred).toHaveLength(0);
    pool.transition(process, transition('STARTING', 'RUNNING', 11));
    pool.accept(event, 1);
    expect(deferred).toHaveLength(1);
  });

  it('delivers nothing more once it is dropped, though a delivery was due', () => {
    const { pool, sent, listens, run } = onePool();
    const reader = listens(11);
    pool.transition(process, transition('STARTING', 'RUNNING', 11));
    reader('READY\n');
    pool.accept(event, 1);
    pool[Symbol.dispose]();
    run();
    expect(sent).toEqual([]);
  });

  it('forgets a process that is no more, and what it had in hand waits for another', () => {
    const { pool, sent, listens, run } = onePool();
    const reader = listens(11);
    pool.transition(process, transition('STARTING', 'RUNNING', 11));
    reader('READY\n');
    pool.accept(event, 1);
    run();
    pool.forget(process);
    const other = { group: 'lst', name: 'other' };
    pool.listens({ process: other, channel: 'stdout', pid: () => 12 })(Buffer.from('READY\n'));
    pool.transition(other, transition('STARTING', 'RUNNING', 12));
    run();
    expect(sent).toHaveLength(2);
  });
});
