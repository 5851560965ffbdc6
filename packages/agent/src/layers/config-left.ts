/**
 * The configuration of an agent that was killed, for the next one where the config file cannot be read by then: what runs on
 * must not be without a supervisor for a typo. Where nothing was left there is none: a broken file is then refused.
 */
import type { ParsedConfig } from '@fleetvisor/config';
import { readMachineLife } from '../os/boot-id.ts';
import { isThere } from '../os/known-child.ts';
import { peekAgentDb } from '../state/agent-db.ts';
import { type LeftLife, leftLife } from '../state/agent-life.ts';
import { readConfigInForce } from '../state/config-in-force.ts';
import type { KnownChild } from '../supervision/ports.ts';

export interface ConfigLeft {
  readonly config: ParsedConfig;
  readonly agentVersion: string;
}

/** @returns undefined where there is nothing to go on with, and where it cannot be read or another agent is at it */
export function configLeft(dataDir: string): ConfigLeft | undefined {
  try {
    using db = peekAgentDb(dataDir);
    if (db === undefined) return undefined;
    const left = leftLife(db.sql, readMachineLife());
    if (left === undefined || !hasLeftPrograms(left, isThere)) return undefined;
    const config = readConfigInForce(db.sql);
    return config && { config, agentVersion: left.agentVersion };
  } catch {
    return undefined; // whoever begins without it is told of the broken file, and of the folder once that is mended
  }
}

/** Over a shutdown what has ended is meant to be down; else it may wait for its next start. */
export function hasLeftPrograms(left: LeftLife, lives: (child: KnownChild) => boolean): boolean {
  if (left.ending !== 'everything') return true;
  return left.groups
    .flatMap(({ spec }) => spec.processes)
    .some((process) => {
      const child = left.process(process)?.child;
      return child !== undefined && lives(child);
    });
}
