/** What each host of a rollout has come to, as rows. */
import type { Kysely, Selectable } from 'kysely';
import type { Assignment } from '../hosts.ts';
import type { HostTaskRecord, HostTaskState } from '../rollouts.ts';
import type { Schema } from './schema.ts';

/** Writes the newest state of each task, in order, in one transaction. */
export async function writeTasks(db: Kysely<Schema>, tasks: readonly HostTaskRecord[]): Promise<undefined[]> {
  return db.transaction().execute(async (transaction) => {
    for (const task of tasks) {
      const row = taskRow(task);
      await transaction
        .insertInto('rollout_tasks')
        .values(row)
        .onConflict((conflict) => conflict.columns(['rollout_id', 'host_id']).doUpdateSet(row))
        .execute();
    }
    return tasks.map(() => undefined);
  });
}

/** The task of a host that has just been given a new generation. */
export function firstTaskRow({ rolloutId, hostId, ref }: Assignment): Selectable<Schema['rollout_tasks']> {
  return taskRow({ rolloutId, hostId, state: 'pending', generation: ref.generation, message: '' });
}

function taskRow(task: HostTaskRecord): Selectable<Schema['rollout_tasks']> {
  return {
    rollout_id: task.rolloutId,
    host_id: task.hostId,
    state: task.state,
    generation: task.generation,
    message: task.message,
  };
}

export function taskRecord(row: Selectable<Schema['rollout_tasks']>): HostTaskRecord {
  return {
    rolloutId: row.rollout_id,
    hostId: row.host_id,
    state: row.state as HostTaskState, // only `start` and `setTask` write it
    generation: row.generation,
    message: row.message,
  };
}
