/** Has another version prove itself before it takes over: as a child, on a copy of agent.db, with the arguments of this agent. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { refuseUnlessExecutable } from '../os/become.ts';
import { runHelper } from '../os/run-helper.ts';
import type { AgentDb } from '../state/agent-db.ts';
import { HANDOVER_FORMAT } from './handover.ts';
import { lookInto, type SelfcheckReport } from './selfcheck.ts';

export interface ProofParts {
  readonly db: AgentDb;
  /** Absolute. */
  readonly launcher: string;
  /** What the daemon was started with, its verb first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface Proof {
  readonly version: string;
  /** Whether this version could read what that one writes: if not, there is no way back. */
  readonly hasWayBack: boolean;
}

/** Loading takes 0.2 s, and a large agent.db some more. */
const PROOF_MS_MAX = 60_000;

/** @throws FleetError `unavailable` saying why that version cannot take over */
export async function prove({ db, launcher, args, env, cwd }: ProofParts): Promise<Proof> {
  refuseUnlessExecutable(launcher);
  const folder = join(db.folder, 'selfcheck');
  try {
    await copyInto(folder, db);
    const mine = await lookInto(folder);
    const end = await runHelper(launcher, ['selfcheck', folder, ...args], { env, cwd, timeoutMs: PROOF_MS_MAX });
    if (end.exitCode !== 0) throw refusal(launcher, end.stderr.trim() || end.problem);
    return judgeReport(launcher, parseReport(launcher, end.stdout), mine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function copyInto(folder: string, db: AgentDb): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(folder, { mode: 0o700 });
    await db.copyTo(join(folder, 'agent.db'));
  } catch (cause) {
    const message = `cannot copy agent.db to ${folder} for the selfcheck of the new version: ${messageOf(cause)}`;
    throw new FleetError('unavailable', `${message}; see that its disk has room`, { folder }, { cause });
  }
}

/** What another version says of itself, against what this one knows. */
export function judgeReport(
  launcher: string,
  report: SelfcheckReport,
  mine: Pick<SelfcheckReport, 'schema' | 'programs'>,
): Proof {
  if (!report.formats.includes(HANDOVER_FORMAT)) {
    throw refusal(
      launcher,
      `fleet-agent ${report.version} does not take over from this version: restart the agent instead`,
    );
  }
  if (report.programs !== mine.programs) {
    const text = `fleet-agent ${report.version} would go on with ${report.programs} of ${mine.programs} programs`;
    throw refusal(launcher, text);
  }
  return { version: report.version, hasWayBack: report.schema <= mine.schema };
}

function parseReport(launcher: string, stdout: string): SelfcheckReport {
  try {
    const report: Partial<SelfcheckReport> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const { version, formats, schema, programs } = report;
    if (
      typeof version === 'string' &&
      Array.isArray(formats) &&
      typeof schema === 'number' &&
      typeof programs === 'number'
    )
      return { version, formats, schema, programs };
  } catch {
    // Told below.
  }
  throw refusal(launcher, 'it is no fleet-agent that can take over from a running one');
}

function refusal(launcher: string, why: string): FleetError {
  return new FleetError('unavailable', `the selfcheck of ${launcher} failed: ${why}`, { launcher });
}
