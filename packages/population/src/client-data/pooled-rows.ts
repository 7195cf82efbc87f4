// All clients' rows as one dataset, in the order of the clients.
import { type Dataset, type Tensor, type TensorType, tensor } from '@starling/federated-core';
import { allocate } from '@starling/federated-core/plan';
import type { ClientSource } from './client-source.js';
import { columnsOf, fieldsOf, rowSize } from './columns.js';

/** Loads every client. Takes the memory of all rows. */
export async function pooledRows(source: ClientSource): Promise<Dataset> {
  let length = 0;
  for (let index = 0; index < source.size; index++) length += source.rowCount(index);
  const fields = Object.entries(fieldsOf(source.element)).map(([name, type]) => ({
    name,
    type,
    data: allocate(type.dtype, length * rowSize(type)) as Tensor['data'],
  }));
  let row = 0;
  for (let index = 0; index < source.size; index++) {
    const dataset = await source.rows(index);
    for (const { name, type, data } of fields)
      put(data, columnsOf(dataset)[name] as Tensor, row * rowSize(type));
    row += dataset.length;
  }
  const columns = fields.map(({ name, type, data }) => [name, stacked(type, length, data)]);
  return { length, columns: Object.fromEntries(columns) };
}

function put(target: Tensor['data'], { dtype, data }: Tensor, at: number): void {
  if (dtype === 'string') {
    for (const [offset, text] of (data as readonly string[]).entries())
      (target as string[])[at + offset] = text;
  } else (target as Uint8Array).set(data as Uint8Array, at);
}

function stacked({ dtype, shape }: TensorType, length: number, data: Tensor['data']): Tensor {
  return tensor(dtype, [length, ...(shape as readonly number[])], data);
}
