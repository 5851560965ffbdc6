/** Gives hosts a new desired state, within a transaction of the caller's: at join, and by a rollout. */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Assignment } from '../hosts.ts';
import type { RolloutTarget } from '../rollouts.ts';
import { chunksOf } from './chunks.ts';
import { revisionRefs, revisionRefsColumn } from './json-columns.ts';
import type { Schema } from './schema.ts';

/** Each target gets its next generation, which never goes back, also where the host was forgotten in between. */
export async function assignAll(
  transaction: Transaction<Schema>,
  targets: readonly RolloutTarget[],
  rolloutId: string,
  incarnation: string,
): Promise<readonly Assignment[]> {
  const rows: Selectable<Schema['assignments']>[] = [];
  for (const chunk of chunksOf(targets)) {
    const generations = await nextGenerations(transaction, chunk);
    const assigned = chunk.map(({ hostId, hash, files }) => ({
      host_id: hostId,
      generation: generations.get(hostId) ?? 1n,
      hash,
      files: revisionRefsColumn(files),
      rollout_id: rolloutId,
    }));
    await transaction
      .insertInto('assignments')
      .values(assigned)
      .onConflict((conflict) =>
        conflict.column('host_id').doUpdateSet((eb) => ({
          generation: eb.ref('excluded.generation'),
          hash: eb.ref('excluded.hash'),
          files: eb.ref('excluded.files'),
          rollout_id: eb.ref('excluded.rollout_id'),
        })),
      )
      .execute();
    const states = assigned.map(({ hash, files }) => ({ hash, files }));
    await transaction
      .insertInto('desired_states')
      .values(states)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    rows.push(...assigned);
  }
  return rows.map((row) => assignmentOf(row, incarnation));
}

/** Generations go on through a restore; the incarnation of what is desired is always the present one. */
export function assignmentOf(row: Selectable<Schema['assignments']>, incarnation: string): Assignment {
  return {
    hostId: row.host_id,
    ref: { incarnation, generation: row.generation, hash: row.hash },
    files: revisionRefs(row.files),
    rolloutId: row.rollout_id,
  };
}

/** Those of the hosts that the fleet does not have. */
export async function unknownHosts(db: Kysely<Schema>, hostIds: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ value: string }>`
    select value from json_each(${JSON.stringify(hostIds)})
    where value not in (select host_id from hosts)`.execute(db);
  return rows.map((row) => row.value);
}

async function nextGenerations(
  transaction: Transaction<Schema>,
  targets: readonly RolloutTarget[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await transaction
    .insertInto('host_counters')
    .values(targets.map(({ hostId }) => ({ host_id: hostId, generation: 1n })))
    .onConflict((conflict) =>
      conflict.column('host_id').doUpdateSet((eb) => ({ generation: eb('host_counters.generation', '+', 1n) })),
    )
    .returning(['host_id', 'generation'])
    .execute();
  return new Map(rows.map((row) => [row.host_id, row.generation]));
}
