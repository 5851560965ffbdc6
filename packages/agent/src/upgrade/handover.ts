/**
 * What one life of the engine hands to the next one in the same process, besides what agent.db has: open descriptors, and what
 * was under way in memory. A file between the two, written by the one and removed by the other.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, type Instant, messageOf } from '@fleetvisor/primitives';
import type { HandedServers } from '../compat/http/handed-servers.ts';
import type { HandedPools } from '../events/listeners/handed-pools.ts';
import type { HeldOutput } from '../logs/log-files.ts';
import type { HandedSockets } from '../os/fcgi-sockets.ts';
import type { HandedRuns } from '../os/handed-run.ts';
import type { StragglingGroup } from '../supervision/stragglers.ts';
import type { HandedDaemon } from './handed-daemon.ts';
import { fromText, toText } from './plain-data.ts';

/** Another one whenever a field has become something that another version would misread. */
export const HANDOVER_FORMAT = 2;

/** Tells the next life where it is, and that there is one. */
export const HANDOVER_VARIABLE = 'FLEET_AGENT_HANDOVER';

/** What the engine itself has of it. */
export interface HandedEngine {
  readonly runs: HandedRuns;
  readonly fcgiSockets: HandedSockets;
  readonly pools: HandedPools;
  /** Of programs that have stopped: what is left of them is killed in its time. */
  readonly stragglers: readonly StragglingGroup[];
}

export interface Handover extends HandedEngine {
  readonly format: typeof HANDOVER_FORMAT;
  /** Of the process: whoever finds the file and is another one has no business with it. */
  readonly pid: number;
  readonly fromVersion: string;
  /** Nothing was answered from then on. */
  readonly at: Instant;
  readonly daemon: HandedDaemon;
  readonly servers: HandedServers;
  readonly heldOutput: HeldOutput;
  /** Of the controller's command that asked for it. */
  readonly command: UpgradeCommand | undefined;
}

export interface UpgradeCommand {
  readonly commandId: string;
  readonly actor: string;
}

/** All descriptors that are handed on. */
export function descriptorsOf({ runs, fcgiSockets, servers }: Handover): readonly number[] {
  const pipes = Object.values(runs).flatMap(({ stdin, stdout, stderr }) => [stdin, stdout, stderr]);
  const connections = Object.values(servers).flatMap((server) => server.connections);
  const ends = [...pipes, ...Object.values(servers)].flatMap((end) => end?.fd ?? []);
  return [...ends, ...connections, ...Object.values(fcgiSockets)];
}

/** @returns where it is @throws FleetError `unavailable` */
export function writeHandover(folder: string, handover: Handover): string {
  const path = join(folder, 'handover.json');
  try {
    writeFileSync(path, toText(handover), { mode: 0o600 });
    return path;
  } catch (cause) {
    rmSync(path, { force: true });
    const message = `cannot write ${path}: ${messageOf(cause)}; see that its disk has room`;
    throw new FleetError('unavailable', message, { path }, { cause });
  }
}

export type TakenHandover =
  | { readonly kind: 'taken'; readonly handover: Handover }
  /** There is none: a start like any other. */
  | { readonly kind: 'none' }
  /** There was one. The programs are taken over as those of an agent that was killed. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** To be asked once, at the start. @param env what tells of it is taken out of it, and the file is removed */
export function takeHandover(env: Record<string, string | undefined>): TakenHandover {
  const path = env[HANDOVER_VARIABLE];
  delete env[HANDOVER_VARIABLE];
  if (path === undefined) return { kind: 'none' };
  try {
    const handover = fromText(readFileSync(path, 'utf8')) as Handover; // of this format, or refused below
    rmSync(path, { force: true });
    if (handover.format !== HANDOVER_FORMAT) throw new Error(`it has the format ${handover.format}`);
    if (handover.pid !== process.pid) throw new Error(`it is for process ${handover.pid}`);
    return { kind: 'taken', handover };
  } catch (thrown) {
    return { kind: 'unreadable', reason: `cannot read the handover ${path}: ${messageOf(thrown)}` };
  }
}
