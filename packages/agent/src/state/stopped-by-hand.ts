/** Which processes a person has stopped. Kept, so that neither a crash nor an upgrade of the agent starts them again. */
import type { ProcessName } from '../supervision/status.ts';
import type { AgentDb } from './agent-db.ts';

export class StoppedByHand {
  readonly #db: AgentDb;

  constructor(db: AgentDb) {
    this.#db = db;
  }

  all(): readonly ProcessName[] {
    return this.#db.sql
      .prepare('SELECT group_name, process_name FROM stopped_by_hand ORDER BY group_name, process_name')
      .all()
      .map((row) => ({ group: String(row.group_name), name: String(row.process_name) }));
  }

  /** Sets or clears the flag of each; what is so already stays so. */
  mark(processes: readonly ProcessName[], isStopped: boolean): void {
    if (processes.length === 0) return;
    const statement = this.#db.sql.prepare(
      isStopped
        ? 'INSERT INTO stopped_by_hand (group_name, process_name) VALUES (?, ?) ON CONFLICT DO NOTHING'
        : 'DELETE FROM stopped_by_hand WHERE group_name = ? AND process_name = ?',
    );
    this.#db.transaction(() => {
      for (const { group, name } of processes) statement.run(group, name);
    });
  }

  /** A restart of the supervisor by a person starts everything afresh, as Supervisor does. */
  clear(): void {
    this.#db.transaction(() => this.#db.sql.exec('DELETE FROM stopped_by_hand'));
  }
}
