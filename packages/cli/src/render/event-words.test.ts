import { type EventBody, type PreviousEnd, EventBody as Wire } from '@fleetvisor/protocol/common';
import { expect, it } from 'vitest';
import { eventFromWire } from '../client/wire/event.ts';
import { eventWords } from './event-words.ts';

const process = { group: 'web', name: 'cat' };
const started = {
  agentVersion: '0.2.0',
  bootId: 'b',
  pid: 7,
  previousEnd: 0 as PreviousEnd,
  adopted: 0,
  previousVersion: '',
};

it.each<[string, NonNullable<EventBody['kind']>]>([
  ['agent 0.2.0 started, pid 7', { $case: 'agentStarted', value: started }],
  ['agent 0.2.0 started, pid 7, for the first time', { $case: 'agentStarted', value: { ...started, previousEnd: 1 } }],
  [
    'agent 0.2.0 started, pid 7 (0.1.0 was stopped)',
    { $case: 'agentStarted', value: { ...started, previousEnd: 2, previousVersion: '0.1.0' } },
  ],
  [
    'agent 0.2.0 started, pid 7 (the one before was killed or crashed); 1 program taken over running',
    { $case: 'agentStarted', value: { ...started, previousEnd: 3, adopted: 1 } },
  ],
  [
    'agent 0.2.0 started, pid 7 (in place of 0.1.0); 12 programs taken over running',
    { $case: 'agentStarted', value: { ...started, previousEnd: 4, adopted: 12, previousVersion: '0.1.0' } },
  ],
  [
    'run 4 ended while no agent lived: its last output may be lost (at most 64 KiB of stdout and stderr)',
    { $case: 'outputLost', value: { process, run: 4n, streams: [1, 2], bytesMax: 65_536n } },
  ],
  [
    'controller 0.1.0 started (the one before was killed or crashed)',
    { $case: 'controllerStarted', value: { version: '0.1.0', previousEnd: 3 } },
  ],
  [
    '5 events were lost before they could be sent: 1 config-changed, 4 transition',
    {
      $case: 'eventsDropped',
      value: {
        ranges: [{ first: 1n, last: 5n }],
        count: 5n,
        kinds: [
          { kind: 'configChanged', count: 1n },
          { kind: 'transition', count: 4n },
        ],
      },
    },
  ],
])('%s', (text, kind) => {
  const body = Wire.decode(Wire.encode({ kind }).finish());
  const times = { atUs: 1n, receivedAtUs: 1n };
  const event = eventFromWire({ position: 1n, hostId: 'h', host: 'web1', epoch: 'e', seq: 1n, ...times, body });
  expect(eventWords(event.body).text).toBe(text);
});
