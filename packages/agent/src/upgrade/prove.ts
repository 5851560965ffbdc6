/** Has another version prove itself before it takes over: as a child, on a copy of agent.db, with the arguments and the configuration of this agent. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { refuseUnlessExecutable } from '../os/become.ts';
import { runHelper } from '../os/run-helper.ts';
import type { AgentDb } from '../state/agent-db.ts';
import { type HandedDaemon, showDaemon } from './handed-daemon.ts';
import { HANDOVER_FORMAT } from './handover.ts';
import { lookInto, type SelfcheckReport } from './selfcheck.ts';

export interface ProofParts {
  readonly db: AgentDb;
  /** Absolute. */
  readonly launcher: string;
  /** As it would be handed over. */
  readonly daemon: HandedDaemon;
  /** What it was started with, its verb first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Proof {
  readonly version: string;
  /** Whether this version could go on with what that one leaves: if not, there is no way back. */
  readonly hasWayBack: boolean;
}

/** Loading takes 0.2 s, and a large agent.db some more. */
const PROOF_MS_MAX = 60_000;

/** @throws FleetError `unavailable` saying why that version cannot take over */
export async function prove({ db, launcher, daemon, args, env }: ProofParts): Promise<Proof> {
  refuseUnlessExecutable(launcher);
  const folder = join(db.folder, 'selfcheck');
  try {
    await copyInto(folder, db, daemon);
    const programs = await lookInto(folder);
    const end = await runHelper(launcher, ['selfcheck', folder, ...args], { env, cwd: '/', timeoutMs: PROOF_MS_MAX });
    if (end.exitCode !== 0) throw refusal(launcher, end.stderr.trim() || end.problem);
    const version = judgeReport(launcher, parseReport(launcher, end.stdout), programs);
    return { version, hasWayBack: await goesOnWith(folder, programs) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function copyInto(folder: string, db: AgentDb, daemon: HandedDaemon): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(folder, { mode: 0o700 });
    showDaemon(folder, daemon);
    await db.copyTo(join(folder, 'agent.db'));
  } catch (cause) {
    const message = `cannot copy agent.db to ${folder} for the selfcheck of the new version: ${messageOf(cause)}`;
    throw new FleetError('unavailable', `${message}; see that its disk has room`, { folder }, { cause });
  }
}

/** Whether this version finds everything again in the copy, as the other one has left it. */
async function goesOnWith(folder: string, programs: number): Promise<boolean> {
  try {
    return (await lookInto(folder)) === programs;
  } catch {
    return false; // that is what was to be found out; it is told as that there is no way back
  }
}

/**
 * What another version says of itself, against what this one knows.
 * @returns its version @throws FleetError saying why it cannot take over
 */
export function judgeReport(launcher: string, report: SelfcheckReport, programs: number): string {
  if (!report.formats.includes(HANDOVER_FORMAT)) {
    throw refusal(
      launcher,
      `fleet-agent ${report.version} does not take over from this version: restart the agent instead`,
    );
  }
  if (report.programs !== programs) {
    const text = `fleet-agent ${report.version} would go on with ${report.programs} of ${programs} programs`;
    throw refusal(launcher, text);
  }
  return report.version;
}

function parseReport(launcher: string, stdout: string): SelfcheckReport {
  try {
    const report: Partial<SelfcheckReport> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const { version, formats, programs } = report;
    if (typeof version === 'string' && Array.isArray(formats) && typeof programs === 'number') {
      return { version, formats, programs };
    }
  } catch {
    // Told below.
  }
  throw refusal(launcher, 'it is no fleet-agent that can take over from a running one');
}

function refusal(launcher: string, why: string): FleetError {
  return new FleetError('unavailable', `the selfcheck of ${launcher} failed: ${why}`, { launcher });
}
