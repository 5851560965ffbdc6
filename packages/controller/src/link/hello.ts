/** The first message of a session, read: past here what a host says of itself is right, or it was refused. */
import { FleetError, isUuid } from '@fleetvisor/primitives';
import type { Hello } from '@fleetvisor/protocol/link';
import type { ConfigFacts } from '../fleet/config-facts.ts';
import { configFactsFromWire } from './from-wire.ts';

export interface Introduction {
  readonly hostId: string;
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly os: string;
  readonly agentVersion: string;
  readonly engineInstanceId: string;
  readonly protocolMin: number;
  readonly protocolMax: number;
  /** By the host's clock. */
  readonly wallTimeUs: bigint;
  /** Empty before its first session. */
  readonly fleetId: string;
  readonly epoch: string;
  /** The newest of its events that it knows to be acknowledged, by a store of this incarnation. */
  readonly acked: { readonly incarnation: string; readonly seq: bigint };
  /** Where its process table stands, in this life of its engine. */
  readonly stateVersion: bigint;
  readonly config: ConfigFacts;
}

const wordPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/;
const groupsMax = 100;
const labelsMax = 100;
const labelValueMax = 256;

/** @throws FleetError `invalid` saying which field is wrong, and where on the host it comes from. */
export function readHello(hello: Hello): Introduction {
  const { hostId, name, hostGroups, labels, events, engineInstanceId } = hello;
  if (!isUuid(hostId))
    throw wrong(`host_id '${hostId}' is no UUID`, 'its agent.db is damaged, or this is no fleet-agent');
  if (!wordPattern.test(name))
    throw wrong(`the host name '${name}' has signs other than letters, digits, '.', '_' and '-'`, 'set [fleet] name');
  if (hostGroups.length > groupsMax)
    throw wrong(`it has ${hostGroups.length} host groups, ${groupsMax} are the most`, 'shorten [fleet] groups');
  const group = hostGroups.find((each) => !wordPattern.test(each));
  if (group !== undefined)
    throw wrong(
      `the host group '${group}' has signs other than letters, digits, '.', '_' and '-'`,
      'change [fleet] groups',
    );
  const entries = Object.entries(labels);
  if (entries.length > labelsMax)
    throw wrong(`it has ${entries.length} labels, ${labelsMax} are the most`, 'shorten [fleet] labels');
  const label = entries.find(([, value]) => value.length > labelValueMax);
  if (label !== undefined)
    throw wrong(`the label '${label[0]}' is longer than ${labelValueMax}`, 'shorten [fleet] labels');
  if (events === undefined || !isUuid(events.epoch))
    throw wrong('it names no epoch of its events', 'its agent.db is damaged');
  if (engineInstanceId === '') throw wrong('it does not say which life of its engine it is', 'update the agent');
  return {
    hostId,
    name,
    hostGroups: [...new Set(hostGroups)],
    labels,
    hostname: hello.facts?.hostname ?? '',
    os: hello.facts?.os ?? '',
    agentVersion: hello.agentVersion,
    engineInstanceId,
    protocolMin: hello.protocolMin,
    protocolMax: hello.protocolMax,
    wallTimeUs: hello.wallTimeUs,
    fleetId: hello.fleetId,
    epoch: events.epoch,
    acked: { incarnation: hello.incarnation, seq: events.ackedSeq },
    stateVersion: hello.stateVersion,
    config: configFactsFromWire(hello.config),
  };
}

function wrong(what: string, remedy: string): FleetError {
  return new FleetError('invalid', `cannot take this host into the fleet: ${what}; ${remedy}`);
}
