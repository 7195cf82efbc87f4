// Reads a file as tables by client, by the format that its name says.
import { extname } from 'node:path';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import type { TableColumn, Tables } from '@starling/population';
import type { TablesOptions } from '../columns/tables-options.js';
import { readCsvTables } from '../csv/read-csv-tables.js';
import { FileError } from '../errors/file-error.js';
import { readParquetTables } from '../parquet/read-parquet-tables.js';

const FORMATS: Readonly<Record<string, (path: string, options: TablesOptions) => Tables | Promise<Tables>>> =
  {
    '.csv': readCsvTables,
    '.tsv': readCsvTables,
    '.txt': readCsvTables,
    '.parquet': readParquetTables,
  };

/**
 * The rows of a CSV, TSV or Parquet file as tables, by the client that the column `client` names. A cell without a
 * value is missing; whole numbers within int32 are int32, other numbers float64, all else text. Throws a `FileError`
 * with line or row, column and remedy for whatever does not fit.
 */
export async function readTables<const Name extends string = string>(
  path: string,
  options: TablesOptions<Name> = {},
): Promise<Tables & { readonly columns: Readonly<Record<Name, TableColumn>> }> {
  checkOptions('Cannot read tables', options, {
    client: kinds.text,
    columns: kinds.list,
    marks: kinds.list,
    name: kinds.text,
  });
  const read = FORMATS[extname(path).toLowerCase()];
  if (read === undefined) {
    throw new FileError({
      path,
      need: `must have a name that ends in ${Object.keys(FORMATS).join(', ')}`,
      got: extname(path) === '' ? 'none of them' : extname(path),
      remedy: 'Rename it by its format.',
    });
  }
  return (await read(path, options)) as Tables & { readonly columns: Readonly<Record<Name, TableColumn>> };
}
