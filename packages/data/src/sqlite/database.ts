// A SQLite file, read through libSQL, which is loaded when a file is opened. Text comes as bytes, since libSQL ends the
// process where text is not UTF-8.
import { thrownWords } from '@starling/federated-core/plan';
import { FileError } from '../errors/file-error.js';
import { type DataFile, dataFile } from '../files/data-file.js';

export type SqlValue = number | string | Buffer | null;

export interface SqliteFile {
  readonly file: DataFile;
  /** The columns of each table, by name. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** All rows of a query. */
  all(sql: string, ...parameters: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

/** Throws a `FileError` if it is no SQLite file. The file stays open, and is not written to. */
export async function sqliteFile(path: string): Promise<SqliteFile> {
  const file = dataFile(path);
  const { default: Libsql } = await import('libsql');
  const database = new Libsql(path, { readonly: true } as never);
  const all: SqliteFile['all'] = (sql, ...parameters) => {
    try {
      return database.prepare(sql).raw(true).all(parameters) as SqlValue[][];
    } catch (cause) {
      throw new FileError({
        path,
        need: 'must be a whole SQLite database',
        got: thrownWords(cause),
        remedy: 'Check its format, and whether it was copied to its end.',
        cause,
      });
    }
  };
  const names = all("select cast(name as blob) from sqlite_master where type = 'table'").map(([name]) =>
    String(name),
  );
  const tables = new Map(
    names.map((table) => [
      table,
      all(`select cast(name as blob) from pragma_table_info(${literal(table)})`).map(([name]) =>
        String(name),
      ),
    ]),
  );
  return { file, tables, all };
}

/** A name in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
