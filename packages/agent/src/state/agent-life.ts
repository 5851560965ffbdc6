/**
 * What an agent runs, written down while it runs: which process groups there are, and how each process is. An agent that is
 * killed leaves it to the next one; one that ends in an orderly way leaves none. Knows nothing of what is done with it.
 */
import { formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import type { Ending } from '../supervision/ending.ts';
import type { KnownChild } from '../supervision/ports.ts';
import type { ProcessState } from '../supervision/process/state.ts';
import type { ProcessRecord } from '../supervision/process-record.ts';
import type { Layer, ProcessName } from '../supervision/status.ts';
import type { RunFacts } from '../supervision/supervised-process.ts';
import type { ActiveGroup } from '../supervision/supervisor.ts';
import type { AgentDb } from './agent-db.ts';

/**
 * The form of the JSON: another one whenever a ProcessGroupSpec or a ProcessState has become something that an older agent
 * would misread. What is in another form is not taken up.
 */
const FORM = 1;

/** How a process was left, with the AUTO logs that are its own. */
export interface LeftProcess extends ProcessRecord {
  readonly autoLogs: AutoLogs;
}

export interface AutoLogs {
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
}

/** What an agent left that did not end in an orderly way. */
export interface LeftLife {
  readonly agentVersion: string;
  readonly ending: Ending;
  /** In the order in which they were added. */
  readonly groups: readonly ActiveGroup[];
  readonly process: (name: ProcessName) => LeftProcess | undefined;
}

/** What has changed, to be written at once. */
export interface LifeChanges {
  readonly groups: readonly ActiveGroup[];
  readonly removedGroups: readonly string[];
  readonly processes: readonly { readonly name: ProcessName; readonly left: LeftProcess }[];
  readonly removedProcesses: readonly ProcessName[];
}

export class AgentLife {
  readonly #db: AgentDb;
  readonly #machineLife: string;

  /** @param machineLife which one this is */
  constructor(db: AgentDb, machineLife: string) {
    this.#db = db;
    this.#machineLife = machineLife;
  }

  /** As `leftLife` finds it. */
  left(): LeftLife | undefined {
    return leftLife(this.#db.sql, this.#machineLife);
  }

  /**
   * From now on this life is the one that is left. Inside of a transaction.
   * @param groups that go on: what is written down of others is forgotten
   * @throws the database's error
   */
  begin(agentVersion: string, groups: readonly string[]): void {
    const { sql } = this.#db;
    const names = JSON.stringify(groups);
    sql.prepare('DELETE FROM active_groups WHERE name NOT IN (SELECT value FROM json_each(?))').run(names);
    sql.prepare('DELETE FROM processes WHERE group_name NOT IN (SELECT value FROM json_each(?))').run(names);
    sql
      .prepare(
        'INSERT OR REPLACE INTO life (only_row, machine_life, form, agent_version, ending) ' +
          "VALUES (1, ?, ?, ?, 'nothing')",
      )
      .run(this.#machineLife, FORM, agentVersion);
  }

  /** @throws the database's error */
  setEnding(ending: Ending): void {
    this.#db.transaction(() => this.#db.sql.prepare('UPDATE life SET ending = ?').run(ending));
  }

  /** Inside of a transaction. @throws the database's error */
  write(changes: LifeChanges): void {
    this.#writeGroups(changes);
    this.#writeProcesses(changes);
  }

  /** All is stopped: the next agent begins afresh. @throws the database's error */
  end(): void {
    this.#db.transaction(() => this.#empty());
  }

  #empty(): void {
    for (const table of ['life', 'active_groups', 'processes']) this.#db.sql.exec(`DELETE FROM ${table}`);
  }

  #writeGroups({ groups, removedGroups }: LifeChanges): void {
    const { sql } = this.#db;
    const remove = sql.prepare('DELETE FROM active_groups WHERE name = ?');
    for (const name of removedGroups) remove.run(name);
    const put = sql.prepare(
      'INSERT INTO active_groups (name, layer, spec) VALUES (?1, ?2, ?3) ' +
        'ON CONFLICT (name) DO UPDATE SET layer = ?2, spec = ?3',
    );
    for (const { spec, layer } of groups) put.run(spec.name, layer, JSON.stringify(spec));
  }

  #writeProcesses({ processes, removedProcesses }: LifeChanges): void {
    const { sql } = this.#db;
    const remove = sql.prepare('DELETE FROM processes WHERE group_name = ? AND process_name = ?');
    for (const { group, name } of removedProcesses) remove.run(group, name);
    const put = sql.prepare(
      'INSERT INTO processes (group_name, process_name, record) VALUES (?1, ?2, ?3) ' +
        'ON CONFLICT (group_name, process_name) DO UPDATE SET record = ?3',
    );
    for (const { name, left } of processes) put.run(name.group, name.name, encode(left));
  }
}

/**
 * @param machineLife which one this is: what was left of another is gone with it
 * @returns undefined after an orderly end, in another life of the machine, where it is in a form that we do not know, or
 * where there is nothing to go on with
 */
export function leftLife(sql: AgentDb['sql'], machineLife: string): LeftLife | undefined {
  const life = sql.prepare('SELECT machine_life, form, agent_version, ending FROM life').get();
  if (life?.machine_life !== machineLife || life.form !== FORM) return undefined;
  const groups = sql.prepare('SELECT layer, spec FROM active_groups ORDER BY position').all().map(groupOf);
  // It ended before it had written any, and so before it had started anything.
  if (groups.length === 0) return undefined;
  const rows = sql.prepare('SELECT group_name, process_name, record FROM processes').all();
  const processes = new Map(
    rows.map((row) => {
      const name = { group: String(row.group_name), name: String(row.process_name) };
      return [formatNamespec(name), decode(String(row.record))] as const;
    }),
  );
  const process = (name: ProcessName) => processes.get(formatNamespec(name));
  // Written by `begin` and `setEnding` alone.
  return { agentVersion: String(life.agent_version), ending: life.ending as Ending, groups, process };
}

function groupOf(row: Record<string, unknown>): ActiveGroup {
  // Both were written by #writeGroups alone, in this form.
  return { layer: row.layer as Layer, spec: JSON.parse(String(row.spec)) as ProcessGroupSpec };
}

/** JSON has no bigint. */
interface Encoded {
  readonly state: ProcessState;
  readonly facts: Omit<RunFacts, 'startedAtUs' | 'stoppedAtUs'> & { startedAtUs: string; stoppedAtUs: string };
  readonly child: (Omit<KnownChild, 'startTicks'> & { startTicks: string }) | undefined;
  readonly autoLogs: AutoLogs;
}

function encode({ state, facts, child, autoLogs }: LeftProcess): string {
  const encoded: Encoded = {
    state,
    facts: { ...facts, startedAtUs: String(facts.startedAtUs), stoppedAtUs: String(facts.stoppedAtUs) },
    child: child && { pid: child.pid, startTicks: String(child.startTicks) },
    autoLogs,
  };
  return JSON.stringify(encoded);
}

function decode(text: string): LeftProcess {
  const { state, facts, child, autoLogs }: Encoded = JSON.parse(text); // written by `encode` alone, in this form
  return {
    state,
    facts: { ...facts, startedAtUs: BigInt(facts.startedAtUs), stoppedAtUs: BigInt(facts.stoppedAtUs) },
    child: child && { pid: child.pid, startTicks: BigInt(child.startTicks) },
    autoLogs,
  };
}
