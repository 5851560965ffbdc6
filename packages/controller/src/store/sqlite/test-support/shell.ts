/** The database as another program sees it: a shell, a backup, an administrator. */
import Database from 'better-sqlite3';

export function shell(folder: string): Disposable & { readonly db: Database.Database } {
  const db = new Database(`${folder}/controller.db`);
  return { db, [Symbol.dispose]: () => db.close() };
}
