/**
 * What a version proves of itself before it may take over: that it starts at all here, with all its modules, that it reads the
 * configuration, and that it goes on with everything that agent.db has written down, on a copy of it.
 */

import { readMachineLife } from '../os/boot-id.ts';
import { libcCall } from '../os/libc.ts';
import { openAgentDb } from '../state/agent-db.ts';
import { AgentLife } from '../state/agent-life.ts';
import { childOf } from '../supervision/process/state.ts';
import { HANDOVER_FORMAT } from './handover.ts';

/** The last line that `fleet-agent selfcheck` prints, as JSON. */
export interface SelfcheckReport {
  readonly version: string;
  /** Of handovers, that it takes. */
  readonly formats: readonly number[];
  /** Of agent.db, as it makes it. */
  readonly schema: number;
  /** Programs with a child that it would go on with. */
  readonly programs: number;
}

/** @param folder with a copy of agent.db, which is changed @throws whatever would keep this version from running */
export async function selfcheck(folder: string, version: string): Promise<SelfcheckReport> {
  // What an agent that takes over needs, and one that starts does not.
  libcCall('int getpid()')();
  return { version, formats: [HANDOVER_FORMAT], ...(await lookInto(folder)) };
}

/** What this version makes of the copy. */
export async function lookInto(folder: string): Promise<Pick<SelfcheckReport, 'schema' | 'programs'>> {
  await using db = openAgentDb(folder);
  const left = new AgentLife(db, readMachineLife()).left();
  const names = (left?.groups ?? []).flatMap(({ spec }) => spec.processes);
  const programs = names.filter((name) => {
    const record = left?.process(name);
    return record !== undefined && childOf(record.state) !== undefined;
  }).length;
  return { schema: db.schema, programs };
}
