// An `.npz` archive of numpy as client data: arrays with a row along the first axis, one of which says whose row it is.

import { basename } from 'node:path';
import type { Tensor } from '@starling/federated-core';
import { checkOptions, kinds, thrownWords } from '@starling/federated-core/plan';
import type { ClientData } from '@starling/population';
import { tableColumns } from '../columns/table-columns.js';
import { FileError } from '../errors/file-error.js';
import { reading } from '../errors/reading.js';
import { bareName, type DataFile, dataFile } from '../files/data-file.js';
import { type ArrayColumn, arrayRows } from './array-rows.js';
import { readNpy } from './npy.js';

export interface NpzOptions {
  /** The array of whole numbers that says whose row it is. Without it, one client, `all`, has all rows. */
  readonly client?: string;
  /** The arrays that are wanted; all but the client's by default. */
  readonly columns?: readonly string[];
  readonly name?: string;
}

/**
 * The rows of the arrays of an `.npz` file, in memory, with the types that numpy stored (int64 as int32). Clients
 * are in the order in which they come first. Throws a `FileError` for arrays of unequal length or of other types.
 */
export function readNpz(path: string, options: NpzOptions = {}): Promise<ClientData> {
  return reading({ path }, () => openNpz(path, options));
}

async function openNpz(path: string, options: NpzOptions): Promise<ClientData> {
  checkOptions('Cannot read npz', options, { client: kinds.text, columns: kinds.list, name: kinds.text });
  const { file, entries } = await npzEntries(path);
  const names = Object.keys(entries).map((entry) => basename(entry, '.npy'));
  const { client, wanted } = tableColumns(path, names, options);
  const arrayOf = (name: string): Tensor =>
    readNpy({ path, column: name }, entries[`${name}.npy`] as Uint8Array);
  const columnOf = (name: string): ArrayColumn => ({ path, name, array: arrayOf(name) });
  const columns = wanted.map(({ name }) => columnOf(name));
  const owners = client < 0 ? null : columnOf(names[client] as string);
  return arrayRows(options.name ?? bareName(path), columns, owners, { file: file.hash() });
}

/** The arrays of an archive by the names of their files. Throws a `FileError` if it is none. */
export async function npzEntries(
  path: string,
): Promise<{ readonly file: DataFile; readonly entries: Readonly<Record<string, Uint8Array>> }> {
  const file = dataFile(path);
  const bytes = new Uint8Array(file.bytes);
  file.read(bytes, 0);
  const { unzipSync } = await import('fflate');
  try {
    return { file, entries: unzipSync(bytes) };
  } catch (cause) {
    throw new FileError({
      path,
      need: 'must be a whole archive',
      got: thrownWords(cause),
      remedy: 'Write it with numpy.savez.',
      cause,
    });
  }
}
