/**
 * What a version proves of itself before it may take over: that it starts at all here, with all its modules, that it reads the
 * configuration, and that it goes on with everything that agent.db has written down, on a copy of it. It leaves the copy as it
 * would leave the original: the version before it looks into that, for the way back.
 */

import { readMachineLife } from '../os/boot-id.ts';
import { libcCall } from '../os/libc.ts';
import { type AgentDb, openAgentDb } from '../state/agent-db.ts';
import { AgentLife, type LeftLife } from '../state/agent-life.ts';
import { childOf } from '../supervision/process/state.ts';
import type { ProcessName } from '../supervision/status.ts';
import { HANDOVER_FORMAT } from './handover.ts';

/** The last line that `fleet-agent selfcheck` prints, as JSON. */
export interface SelfcheckReport {
  readonly version: string;
  /** Of handovers, that it takes. */
  readonly formats: readonly number[];
  /** Programs with a child that it would go on with. */
  readonly programs: number;
}

/** @param folder with a copy of agent.db, which is changed @throws whatever would keep this version from running */
export async function selfcheck(folder: string, version: string): Promise<SelfcheckReport> {
  // What an agent that takes over needs, and one that starts does not.
  libcCall('int getpid()')();
  await using db = openAgentDb(folder);
  const left = lifeIn(db).left();
  if (left !== undefined) writeAnew(db, left, version);
  return { version, formats: [HANDOVER_FORMAT], programs: programsOf(left) };
}

/** How many programs this version would go on with. @throws FleetError where it cannot read the copy */
export async function lookInto(folder: string): Promise<number> {
  await using db = openAgentDb(folder);
  return programsOf(lifeIn(db).left());
}

function lifeIn(db: AgentDb): AgentLife {
  return new AgentLife(db, readMachineLife());
}

function programsOf(left: LeftLife | undefined): number {
  return processesOf(left).filter((name) => {
    const record = left?.process(name);
    return record !== undefined && childOf(record.state) !== undefined;
  }).length;
}

function processesOf(left: LeftLife | undefined): readonly ProcessName[] {
  return (left?.groups ?? []).flatMap(({ spec }) => spec.processes.map(({ group, name }) => ({ group, name })));
}

/** In whatever form this version has for it. */
function writeAnew(db: AgentDb, left: LeftLife, version: string): void {
  const life = lifeIn(db);
  const { groups } = left;
  const names = processesOf(left);
  db.transaction(() => {
    life.begin(
      version,
      groups.map(({ spec }) => spec.name),
    );
    life.write({
      ...{ groups, removedGroups: [], removedProcesses: [] },
      processes: names.flatMap((name) => {
        const record = left.process(name);
        return record === undefined ? [] : [{ name, left: record }];
      }),
    });
  });
}
