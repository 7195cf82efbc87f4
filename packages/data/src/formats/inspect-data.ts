// Tells what a file holds, by the format that its name says.
import { extname } from 'node:path';
import { inspectArrays } from '../arrays/inspect-arrays.js';
import { inspectCsv } from '../csv/inspect-csv.js';
import { FileError } from '../errors/file-error.js';
import type { DataReport } from '../inspect/data-report.js';
import { inspectJsonLines } from '../json/read-json-lines.js';
import { inspectLeaf } from '../json/read-leaf.js';
import { inspectParquet } from '../parquet/inspect-parquet.js';
import { inspectSqlite } from '../sqlite/read-sqlite.js';

export interface InspectOptions {
  /** The column that names clients: then clients and their sizes are reported. */
  readonly client?: string;
  /** Of a SQLite file of TFF that has several. */
  readonly split?: string;
}

const FORMATS: Readonly<
  Record<string, (path: string, options: InspectOptions) => DataReport | Promise<DataReport>>
> = {
  '.csv': inspectCsv,
  '.tsv': inspectCsv,
  '.txt': inspectCsv,
  '.jsonl': inspectJsonLines,
  '.ndjson': inspectJsonLines,
  '.json': inspectLeaf,
  '.parquet': inspectParquet,
  '.npy': inspectArrays,
  '.npz': inspectArrays,
  '.idx': inspectArrays,
  '.sqlite': inspectSqlite,
  '.db': inspectSqlite,
};

/** Columns, types, missing values, clients and sizes of a file. Throws a `FileError` if it cannot be read. */
export async function inspectData(path: string, options: InspectOptions = {}): Promise<DataReport> {
  const inspect = FORMATS[extname(path).toLowerCase()];
  if (inspect === undefined) {
    throw new FileError({
      path,
      need: `must have a name that ends in ${Object.keys(FORMATS).join(', ')}`,
      got: extname(path) === '' ? 'none of them' : extname(path),
      remedy: 'Rename it by its format.',
    });
  }
  return await inspect(path, options);
}
