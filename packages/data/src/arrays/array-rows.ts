// Arrays with a row along the first axis as client data: columns beside each other, one of which may say whose row it
// is. They are in memory.
import { type Dataset, struct, type Tensor, tensorType } from '@starling/federated-core';
import { type ClientData, clientData, type Fingerprint, takeRows } from '@starling/population';
import { ALL_CLIENT } from '../columns/table-options.js';
import { FileError } from '../errors/file-error.js';
import { noRows } from '../errors/table-faults.js';

/** An array, and the file that it is of. */
export interface ArrayColumn {
  readonly path: string;
  readonly name: string;
  readonly array: Tensor;
}

/**
 * Clients are in the order in which they come first; without `owners`, one client has all rows. Throws a `FileError`
 * for an array that has another number of rows than the owners, or the first array.
 */
export function arrayRows(
  name: string,
  columns: readonly ArrayColumn[],
  owners: ArrayColumn | null,
  fingerprint: Fingerprint,
): ClientData {
  const first = owners ?? columns[0];
  const length = first?.array.shape[0] ?? 0;
  for (const { path, name: column, array } of columns) {
    if (array.shape[0] === length) continue;
    throw new FileError({
      path,
      column,
      need: `must have ${length} rows as the others have`,
      got: String(array.shape[0] ?? 'a scalar'),
      remedy: 'Leave it out of columns, or give all arrays a row for each example.',
    });
  }
  if (owners !== null) checkOwners(owners);
  if (length === 0) throw noRows(first?.path ?? name, 0);
  const rows = new Map<string, number[]>();
  for (let row = 0; row < length; row++) {
    const id = owners === null ? ALL_CLIENT : String(owners.array.data[row]);
    const own = rows.get(id);
    if (own === undefined) rows.set(id, [row]);
    else own.push(row);
  }
  const ids = [...rows.keys()];
  const indices = [...rows.values()].map((own) => Int32Array.from(own));
  const types = columns.map(({ name: column, array }) => [
    column,
    tensorType(array.dtype, array.shape.slice(1)),
  ]);
  const element = struct(Object.fromEntries(types));
  const tensors = columns.map(({ name: column, array }) => [column, array] as const);
  const dataset: Dataset = { length, columns: Object.fromEntries(tensors) };
  return clientData({
    name,
    size: ids.length,
    element,
    clientId: (index) => ids[index] as string,
    rowCount: (index) => (indices[index] as Int32Array).length,
    rows: (index) => takeRows(dataset, { element, indices: indices[index] as Int32Array }),
    fingerprint,
  });
}

/** Whose row it is, is a whole number: one for each row. */
function checkOwners({ path, name: column, array: { shape, data } }: ArrayColumn): void {
  const fault = (got: string, row?: number): FileError =>
    new FileError({
      path,
      column,
      ...(row !== undefined && { row }),
      need: 'must be a whole number that names the client',
      got,
      remedy: "Convert the array: array.astype('int32'), of one number a row.",
    });
  if (shape.length !== 1) throw fault(`rows of shape [${shape.slice(1)}]`);
  for (const [at, value] of (data as Float64Array).entries()) {
    if (typeof value === 'number' && !Number.isInteger(value)) throw fault(String(value), at + 1);
  }
}
