// Rows made of rows by a function in plain JavaScript: one of each, when the client is loaded.
import { type Dataset, struct, type Tensor, type TensorType } from '@starling/federated-core';
import {
  allocate,
  checkKind,
  describeValue,
  kinds,
  optionError,
  refusesOtherFields,
} from '@starling/federated-core/plan';
import { type ClientSource, whenThere } from './client-source.js';
import { columnsOf, fieldsOf, rowSize } from './columns.js';

/** A row: numbers of scalar columns (bigints of int64, text of strings), typed arrays of others. */
// biome-ignore lint/suspicious/noExplicitAny: the file says what a row holds; what is made of it is checked
export type Row = Readonly<Record<string, any>>;

/** The new row, with each of its fields as a number, a boolean, a (nested) array of them or a typed array. */
export type MapRow = (row: Row, clientId: string) => Readonly<Record<string, unknown>>;

/**
 * Rows of `element` that `change` makes. When a client is loaded, a field that is missing, of another size, or not a
 * number is a `RangeError` that names the client, the row and the field.
 */
export function mappedRows(
  source: ClientSource,
  element: Readonly<Record<string, TensorType>>,
  change: MapRow,
): ClientSource {
  const action = `Cannot map the rows of ${source.name}`;
  kinds.record(action, 'element', element);
  kinds.callable(action, 'change', change);
  const fields = Object.entries(element);
  for (const [name, type] of fields) {
    checkKind(action, name, type, {
      need: 'a tensor type of fixed shape, such as float32(3)',
      fits: (value) =>
        (value as TensorType | null)?.kind === 'tensor' && !(value as TensorType).shape.includes(null),
    });
  }
  const mapped = (dataset: Dataset, index: number): Dataset => {
    const clientId = source.clientId(index);
    const rowAt = rowReader(source, dataset);
    const columns = fields.map(([name, type]) => ({
      name,
      type,
      size: rowSize(type),
      data: allocate(type.dtype, dataset.length * rowSize(type)),
    }));
    for (let row = 0; row < dataset.length; row++) {
      const made = change(rowAt(row), clientId);
      for (const { name, type, size, data } of columns) {
        const end = write(data as unknown[], row * size, made?.[name], type);
        if (end === (row + 1) * size) continue;
        throw new RangeError(
          `${action}: client '${clientId}', row ${row}, field '${name}' must be ${type.dtype}[${type.shape.join(',')}], got ${describeValue(made?.[name])}`,
        );
      }
    }
    return {
      length: dataset.length,
      columns: Object.fromEntries(
        columns.map(({ name, type, data }): readonly [string, Tensor] => [
          name,
          { dtype: type.dtype, shape: [dataset.length, ...(type.shape as readonly number[])], data },
        ]),
      ),
    };
  };
  return {
    ...source,
    element: struct(element),
    meanings: {},
    standardized: [],
    rows: (index) => whenThere(source.rows(index), (dataset) => mapped(dataset, index)),
  };
}

function rowReader(source: ClientSource, dataset: Dataset): (row: number) => Row {
  const columns = columnsOf(dataset);
  const readers = Object.entries(fieldsOf(source.element)).map(([name, type]) => ({
    name,
    size: type.shape.length === 0 ? null : rowSize(type),
    data: (columns[name] as Tensor).data as Uint8Array,
  }));
  const names = readers.map(({ name }) => name);
  const prototype = refusesOtherFields(`a row of ${source.name}`, names, optionError);
  return (row) => {
    const fields = Object.create(prototype) as Record<string, unknown>;
    for (const { name, size, data } of readers) {
      fields[name] = size === null ? data[row] : data.slice(row * size, (row + 1) * size);
    }
    return fields;
  };
}

/** Writes a value from `at` on; gives the place after it, or NaN if a part of it does not fit. */
function write(data: unknown[], at: number, value: unknown, type: TensorType): number {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    let next = at;
    for (const part of value as ArrayLike<unknown> & Iterable<unknown>) next = write(data, next, part, type);
    return next;
  }
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (!fits(number, type.dtype)) return Number.NaN;
  data[at] = number;
  return at + 1;
}

function fits(value: unknown, dtype: TensorType['dtype']): boolean {
  switch (dtype) {
    case 'float32':
    case 'float64':
      return typeof value === 'number';
    case 'int32':
      return typeof value === 'number' && (value | 0) === value;
    case 'uint8':
      return typeof value === 'number' && (value & 0xff) === value;
    case 'bool':
      return value === 0 || value === 1;
    case 'int64':
      return typeof value === 'bigint';
    case 'string':
      return typeof value === 'string';
    default:
      return dtype satisfies never;
  }
}
