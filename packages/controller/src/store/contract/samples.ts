/** Records for the contract's tests, complete but for what a test cares about. */
import type { EventFilter, EventSource, NewEvent } from '../events.ts';
import type { HostArrival } from '../hosts.ts';
import type { RolloutStart, RolloutTarget } from '../rollouts.ts';

/** 2024-01-15 12:00 UTC. */
export const noonUs = 1_705_320_000_000_000n;
export const dayUs = 86_400_000_000n;

export const everything: EventFilter = { hostIds: undefined, kinds: [], sinceUs: 0n };

export function arrival(name: string, changes: Partial<HostArrival> = {}): HostArrival {
  return {
    hostId: `id-of-${name}`,
    name,
    hostGroups: ['web'],
    labels: { region: 'eu' },
    agentVersion: '0.1.0',
    hostname: `${name}.example.net`,
    os: 'Debian 12',
    address: '10.0.0.1:4711',
    ...changes,
  };
}

export function source(host: string, epoch = 'epoch-1'): EventSource {
  return { hostId: `id-of-${host}`, host, epoch };
}

export function event(seq: number | bigint, changes: Partial<NewEvent> = {}): NewEvent {
  return {
    seq: BigInt(seq),
    atUs: noonUs + BigInt(seq),
    kind: 'transition',
    group: 'api',
    process: 'api_00',
    body: new TextEncoder().encode(`body ${seq}`),
    ...changes,
  };
}

/** Events numbered `first` to `last`, both included. */
export function events(first: number, last: number): NewEvent[] {
  return Array.from({ length: last - first + 1 }, (_, i) => event(first + i));
}

/** A push of the file on top of revision `parent`, to hosts that end up with that revision alone. */
export function push(file: string, parent: bigint, hosts: readonly string[], rolloutId: string): RolloutStart {
  return {
    rolloutId,
    author: 'jo',
    message: `why ${file} changes`,
    hostTimeoutMs: 7_000,
    startedAtUs: noonUs,
    revision: {
      file,
      parent,
      selector: { hosts: ['web*'], hostGroups: [], labels: [], all: false },
      content: new Uint8Array([0, 255, 10, ...new TextEncoder().encode(`[program:x${parent}]`)]),
      digest: `digest of ${file} ${parent + 1n}`,
      meaningDigest: `meaning of ${file} ${parent + 1n}`,
      author: 'jo',
      message: `why ${file} changes`,
      createdAtUs: noonUs,
    },
    targets: hosts.map(
      (host): RolloutTarget => ({
        hostId: `id-of-${host}`,
        files: [{ file, revision: parent + 1n }],
        hash: `hash of ${file} ${parent + 1n}`,
      }),
    ),
  };
}
