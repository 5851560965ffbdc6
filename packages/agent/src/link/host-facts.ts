/** What the machine is, for Hello. */
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import type { HostFacts } from '@fleetvisor/protocol/link';

export function hostFacts(): HostFacts {
  return {
    hostname: hostname(),
    os: platform(),
    kernel: release(),
    architecture: arch(),
    cpuCount: cpus().length,
    memoryBytes: BigInt(totalmem()),
  };
}
