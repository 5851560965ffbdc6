/** What a person may have meant by a target that names no process: a host, or `all`. */
import { FleetError, isGlob } from '@fleetvisor/primitives';
import type { FleetClient } from './client/fleet-client.ts';
import { everyHost } from './client/scope.ts';
import type { CommandContext } from './command.ts';

/** Each that is looked into costs a question. */
const lookedAtMax = 5;

/** Says so beside the answer; for targets of which no hint can be given it says nothing. */
export async function noteHints(context: CommandContext, targets: readonly string[]): Promise<void> {
  if (targets.length === 0) return;
  const client = await context.client();
  for (const target of targets.slice(0, lookedAtMax)) {
    const host = hostPart(target);
    const hint = targetHint(target, host !== undefined && (await isHost(client, host)));
    if (hint !== undefined) await context.output.note(`fleetctl: ${hint}`);
  }
}

/** @param isHostPart whether the target, or what stands in it before a colon, is the name of a host. */
export function targetHint(target: string, isHostPart: boolean): string | undefined {
  const host = hostPart(target);
  if (host !== undefined && isHostPart) {
    const process = target.slice(host.length + 1);
    return process === ''
      ? `${host} is a host: write --host ${host}, or ${host}/all`
      : `${host} is a host: write ${host}/${process}`;
  }
  return target !== 'all' && target.toLowerCase() === 'all'
    ? `${target} names no process: did you mean all?`
    : undefined;
}

function hostPart(target: string): string | undefined {
  const [first = ''] = target.split(':');
  return first === '' || isGlob(first) ? undefined : first;
}

async function isHost(client: FleetClient, name: string): Promise<boolean> {
  try {
    return (await client.hosts({ ...everyHost, hosts: [name] })).length > 0;
  } catch (thrown) {
    // A name that no host has is refused; and a hint is not worth another error.
    if (thrown instanceof FleetError) return false;
    throw thrown;
  }
}
