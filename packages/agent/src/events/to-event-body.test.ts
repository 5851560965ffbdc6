import { EventBody } from '@fleetvisor/protocol/common';
import { describe, expect, it } from 'vitest';
import { runId } from '../supervision/process/state.ts';
import type { AgentEvent } from './event.ts';
import { toEventBody } from './to-event-body.ts';

const web = { group: 'web', name: 'web_00' };
const generation = { incarnation: 'i', generation: 4n, hash: 'ab' };

/** One of each kind, with what the other side must read in it. */
const events: readonly [AgentEvent, unknown][] = [
  [
    {
      kind: 'transition',
      process: web,
      transition: {
        from: 'RUNNING',
        to: 'EXITED',
        run: runId(3),
        pid: 12,
        tries: 0,
        exit: { kind: 'signal', signal: 'SIGSEGV', number: 11, coreDumped: true },
        expected: false,
        spawnError: 'Bad exit code -1',
      },
    },
    {
      process: web,
      from: 20,
      to: 100,
      run: 3n,
      pid: 12,
      exit: { how: { $case: 'signal', value: 11 }, coreDumped: true },
      spawnError: 'Bad exit code -1',
    },
  ],
  [
    {
      kind: 'crash',
      process: web,
      run: 3,
      pid: 12,
      exit: { kind: 'code', code: 5 },
      fatal: true,
      spawnError: 'x',
      startedAtUs: 1_700_000_000_000_000n,
      ranForUs: 42,
      lastOutput: Buffer.from('Traceback\n'),
      lastOutputStream: 'stdout',
      generation,
    },
    {
      fatal: true,
      exit: { how: { $case: 'code', value: 5 } },
      startedAtUs: 1_700_000_000_000_000n,
      ranForUs: 42n,
      lastOutput: Buffer.from('Traceback\n'),
      lastOutputStream: 1,
      generation,
    },
  ],
  [
    { kind: 'crashRepeat', process: web, count: 9, firstAtUs: 1n, lastAtUs: 2n, lastExit: { kind: 'unknown' } },
    { count: 9n, firstAtUs: 1n, lastAtUs: 2n, lastExit: { how: { $case: 'unknown', value: true } } },
  ],
  [
    {
      ...{ kind: 'agentStarted', agentVersion: '0.2.0', bootId: 'b', pid: 7 },
      ...{ previousEnd: 'upgrade', adopted: 12, previousVersion: '0.1.0' },
    },
    { agentVersion: '0.2.0', bootId: 'b', pid: 7, previousEnd: 4, adopted: 12, previousVersion: '0.1.0' },
  ],
  [
    {
      ...{ kind: 'agentStarted', agentVersion: '0.1.0', bootId: 'b', pid: 7 },
      ...{ previousEnd: undefined, adopted: 0, previousVersion: '' },
    },
    { previousEnd: 0, adopted: 0, previousVersion: '' },
  ],
  [
    { kind: 'outputLost', process: web, run: 4, streams: ['stdout', 'stderr'], bytesMax: 65_536 },
    { process: web, run: 4n, streams: [1, 2], bytesMax: 65_536n },
  ],
  [{ kind: 'agentStopping', reason: 'stop' }, { reason: 'stop' }],
  [{ kind: 'agentWentOn', reason: 'the disk is full' }, { reason: 'the disk is full' }],
  [
    {
      kind: 'configChanged',
      to: undefined,
      phase: 'rejected',
      problems: [
        { file: 'web.conf', line: 3, section: undefined, option: undefined, message: 'no', allowed: 'a number' },
      ],
      changes: { added: ['a'], changed: [], removed: ['b'] },
    },
    {
      phase: 2,
      problems: [{ file: 'web.conf', line: 3, section: '', option: '', message: 'no; allowed: a number' }],
      changes: { added: ['a'], changed: [], removed: ['b'] },
    },
  ],
  [
    {
      kind: 'commandDone',
      commandId: 'c',
      actor: 'ann',
      verb: 'stop',
      targets: ['web:*'],
      outcome: 'no-match',
      results: [{ target: 'web', process: undefined, outcome: 'no-match', message: 'ERROR (no such group)' }],
    },
    { outcome: 9, targets: ['web:*'], results: [{ target: 'web', outcome: 9, message: 'ERROR (no such group)' }] },
  ],
  [
    { kind: 'groupChanged', group: 'web', layer: 'fleet', added: true },
    { group: 'web', layer: 2, added: true },
  ],
  [
    { kind: 'eventsDropped', ranges: [{ first: 1n, last: 4n }], count: 4, kinds: [{ kind: 'transition', count: 4 }] },
    { ranges: [{ first: 1n, last: 4n }], count: 4n, kinds: [{ kind: 'transition', count: 4n }] },
  ],
];

describe('toEventBody', () => {
  it.each(events)('carries $kind over the wire', (event, value) => {
    const read = EventBody.decode(EventBody.encode(toEventBody(event)).finish());
    expect(read.kind).toMatchObject({ $case: event.kind, value });
  });
});
