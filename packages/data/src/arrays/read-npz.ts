// An `.npz` archive of numpy as client data: arrays with a row along the first axis, one of which says whose row it is.

import { basename } from 'node:path';
import { type Dataset, struct, type Tensor, tensorType } from '@starling/federated-core';
import { checkOptions, kinds, thrownWords } from '@starling/federated-core/plan';
import { type ClientData, clientData, takeRows } from '@starling/population';
import { tableColumns } from '../columns/table-columns.js';
import { ALL_CLIENT } from '../columns/table-options.js';
import { FileError } from '../errors/file-error.js';
import { reading } from '../errors/reading.js';
import { noRows } from '../errors/table-faults.js';
import { bareName, dataFile } from '../files/data-file.js';
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
  const file = dataFile(path);
  const bytes = new Uint8Array(file.bytes);
  file.read(bytes, 0);
  const { unzipSync } = await import('fflate');
  let entries: Readonly<Record<string, Uint8Array>>;
  try {
    entries = unzipSync(bytes);
  } catch (cause) {
    throw new FileError({
      path,
      need: 'must be a whole archive',
      got: thrownWords(cause),
      remedy: 'Write it with numpy.savez.',
      cause,
    });
  }
  const names = Object.keys(entries).map((entry) => basename(entry, '.npy'));
  const { client, wanted } = tableColumns(path, names, options);
  const arrayOf = (name: string): Tensor =>
    readNpy({ path, column: name }, entries[`${name}.npy`] as Uint8Array);
  const arrays = wanted.map(({ name }) => [name, arrayOf(name)] as const);
  const owners = client < 0 ? null : arrayOf(names[client] as string);
  const length = (owners ?? arrays[0]?.[1])?.shape[0] ?? 0;
  for (const [column, { shape }] of arrays) {
    if (shape[0] === length) continue;
    throw new FileError({
      path,
      column,
      need: `must have ${length} rows as the others have`,
      got: String(shape[0] ?? 'a scalar'),
      remedy: 'Leave it out of columns, or give all arrays a row for each example.',
    });
  }
  if (length === 0) throw noRows(path, 0);
  const rows = new Map<string, number[]>();
  for (let row = 0; row < length; row++) {
    const id = owners === null ? ALL_CLIENT : String(owners.data[row]);
    const own = rows.get(id);
    if (own === undefined) rows.set(id, [row]);
    else own.push(row);
  }
  const ids = [...rows.keys()];
  const indices = [...rows.values()].map((own) => Int32Array.from(own));
  const element = struct(
    Object.fromEntries(arrays.map(([name, { dtype, shape }]) => [name, tensorType(dtype, shape.slice(1))])),
  );
  const dataset: Dataset = { length, columns: Object.fromEntries(arrays) };
  return clientData({
    name: options.name ?? bareName(path),
    size: ids.length,
    element,
    clientId: (index) => ids[index] as string,
    rowCount: (index) => (indices[index] as Int32Array).length,
    rows: (index) => takeRows(dataset, { element, indices: indices[index] as Int32Array }),
    fingerprint: { file: file.hash() },
  });
}
