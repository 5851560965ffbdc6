/** What the fleet shows of a machine: its name, system and size. Facts alone; who the host is in the fleet is elsewhere. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, hostname, release, totalmem, type } from 'node:os';

export interface HostFacts {
  readonly hostname: string;
  /** As the distribution names itself: `Debian GNU/Linux 12 (bookworm)`. */
  readonly os: string;
  /** Version of the running kernel. */
  readonly kernel: string;
  /** In Node's words: `x64`, `arm64`. */
  readonly architecture: string;
  readonly cpuCount: number;
  readonly memoryBytes: bigint;
}

export function readHostFacts(): HostFacts {
  return {
    hostname: hostname(),
    os: distribution() ?? type(),
    kernel: release(),
    architecture: arch(),
    cpuCount: availableParallelism(),
    memoryBytes: BigInt(totalmem()),
  };
}

function distribution(): string | undefined {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(path, 'utf8'));
    } catch {
      // Not there: os-release(5) names both places, a minimal container has neither.
    }
  }
  return undefined;
}

/** PRETTY_NAME of an os-release(5) file. */
export function parseOsRelease(text: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["$`\\])/g, '$1');
}
