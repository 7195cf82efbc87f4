// The embedded database: libSQL, an SQLite whose binary is in its npm package. It is loaded with the entry `/sql`, and
// with no other.
import Libsql from 'libsql';

export type Database = Libsql.Database;

/** How long a reader waits for a writer that is about to commit, milliseconds. */
const BUSY_MS = 5000;

/**
 * Opens or makes the file. Text is kept as blobs, since libSQL ends the process where text is not UTF-8, as in a
 * damaged file. A transaction that is committed has been synced (`synchronous = FULL`): a crash of the process or of
 * the machine rolls back what was not, when the file is next opened.
 */
export function openDatabase(path: string): Database {
  return openTables(path, [
    'create table if not exists lines (sequence integer primary key, run blob not null, number integer not null, line blob not null, unique (run, number)) strict',
  ]);
}

/** The same for tables of the caller's; `statements` make those that are not there. */
export function openTables(path: string, statements: readonly string[]): Database {
  const database = new Libsql(path);
  try {
    database.exec(`pragma busy_timeout = ${BUSY_MS}`);
    database.exec('pragma journal_mode = wal');
    database.exec('pragma synchronous = full');
    for (const statement of statements) database.exec(statement);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Locks the file against every other caller, of this process and of others, until the database is closed or its process
 * dies: the system lets go of the lock, however it dies. `null` if somebody has it for longer than `waitMs`, for which
 * the process stands still; 0 by default.
 */
export function lockDatabase(path: string, waitMs = 0): Database | null {
  const database = new Libsql(path);
  try {
    database.exec(`pragma busy_timeout = ${waitMs}`);
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return null;
    throw error;
  }
}
