/** Whether a host that says Hello gets a session: reads it, judges it, writes its arrival down. */
import { FleetError } from '@fleetvisor/primitives';
import type { Hello } from '@fleetvisor/protocol/link';
import type { OwnEvent } from '../fleet/own-event.ts';
import { isDisk } from '../fleet/store-watch.ts';
import type { ArrivalOutcome, HostRecord } from '../store/hosts.ts';
import { type Introduction, readHello } from './hello.ts';
import type { LinkHouse } from './link-house.ts';
import type { Refusal } from './to-wire.ts';
import type { RefusalCode } from './words.ts';

/** The one version of the protocol that there is. */
export const protocolVersion = 1;

export type Admission =
  | { readonly kind: 'admitted'; readonly introduction: Introduction; readonly record: HostRecord }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** @param address of the peer, for people. */
export async function admit(hello: Hello, address: string, house: LinkHouse): Promise<Admission> {
  let introduction: Introduction;
  try {
    introduction = readHello(hello);
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return refuse('invalid-hello', error.message);
  }
  const refused = refusalOf(introduction, address, house);
  if (refused !== undefined) return refused;

  const { hostId, name, hostGroups, labels, agentVersion, hostname, os } = introduction;
  const arrival = { hostId, name, hostGroups, labels, agentVersion, hostname, os, address };
  let outcome: ArrivalOutcome;
  try {
    outcome = await house.watch.once(() => house.store.hosts.arrive(arrival, house.clock.wallTimeUs()));
  } catch (error) {
    if (!isDisk(error)) throw error;
    return refuseForNow(`the controller cannot take in host ${name}: ${error.message}`);
  }
  if (outcome.kind === 'arrived') return { kind: 'admitted', introduction, record: outcome.host };
  const { holder } = outcome;
  claimed({ hostId: holder.hostId, host: name, otherHostId: hostId, address }, house);
  const isConnected = house.live.host(holder.hostId)?.isConnected ?? false;
  return refuseName(nameTaken(name, holder, isConnected), isConnected);
}

function refusalOf(introduction: Introduction, address: string, house: LinkHouse): Admission | undefined {
  const { hostId, name, fleetId, protocolMin, protocolMax, engineInstanceId } = introduction;
  if (fleetId !== '' && fleetId !== house.store.fleetId) {
    const message = `host ${name} belongs to fleet ${fleetId}, this controller is of fleet ${house.store.fleetId}: correct [fleet] controller (--controller) of this agent, or stop it and start it with a data folder of its own for this fleet ([fleet] data_dir, or --data-dir)`;
    return refuse('wrong-fleet', message);
  }
  if (protocolMin > protocolVersion || protocolMax < protocolVersion) {
    const message = `the agent speaks versions ${protocolMin} to ${protocolMax} of the link, this controller ${protocolVersion}: update the controller first, then the agents`;
    return refuse('protocol', message);
  }
  const life = house.lives.judge(hostId, engineInstanceId);
  if (life === 'fine') return undefined;
  // The one that is back was there first: it is the other one that is too many.
  const rival = life === 'back' ? (house.live.host(hostId)?.address ?? address) : address;
  claimed({ hostId, host: name, otherHostId: hostId, address: rival }, house);
  if (life === 'back') return undefined;
  const message = `another machine is connected as host ${name} (${hostId}): this one seems to be a copy of it; stop this agent, remove its data folder, and start it again under a name of its own`;
  return refuse('identity-conflict', message);
}

/** Told once for each machine that claims it, however often it tries; `fleetctl hosts` shows it as long as it does. */
function claimed(conflict: Omit<OwnEvent & { kind: 'identityConflict' }, 'kind'>, house: LinkHouse): void {
  const { hostId, host, otherHostId } = conflict;
  // Every attempt comes from another port.
  const address = conflict.address.replace(/:\d+$/, '');
  if (!house.live.claimed(hostId, { hostId: otherHostId, address })) return;
  house.ownEvents.record({ kind: 'identityConflict', hostId, host, otherHostId, address });
  const isCopy = hostId === otherHostId;
  house.log.warn(
    { host, hostId, otherHostId, address },
    isCopy ? 'two machines have the same identity' : 'two hosts claim the same name',
  );
}

function nameTaken(name: string, holder: HostRecord, isConnected: boolean): string {
  const who = `the name ${name} is held by another host (${holder.hostId}, ${holder.hostname} at ${holder.address}), which is ${isConnected ? 'connected' : 'not connected now'}`;
  return isConnected
    ? `${who}: choose another name for this one ([fleet] name, or --name)`
    : `${who}: if that host is gone for good, free its name with 'fleetctl hosts forget ${name}'; else choose another name for this one ([fleet] name, or --name)`;
}

/** The name of a host that is gone may be freed at any time: then this one joins by itself. */
function refuseName(message: string, isConnected: boolean): Admission {
  const retryAfterMs = isConnected ? 0 : 60_000;
  return { kind: 'refused', refusal: { code: 'name-taken', message, permanent: isConnected, retryAfterMs } };
}

/** It tries again as often as it does where nobody answers. */
function refuseForNow(message: string): Admission {
  return { kind: 'refused', refusal: { code: 'unavailable', message, permanent: false, retryAfterMs: 0 } };
}

function refuse(code: RefusalCode, message: string): Admission {
  return { kind: 'refused', refusal: { code, message, permanent: true, retryAfterMs: 0 } };
}
