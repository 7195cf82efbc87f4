// Rows of a columnar dataset: what cuts one dataset into the data of many clients. A run of neighbouring rows
// is a view on the same memory; scattered rows are copied.
import { type Dataset, structEntries, type Tensor, type Type, type Value } from '@starling/federated-core';
import {
  allocate,
  checkOptions,
  dataKinds,
  describeValue,
  ofKind,
  optionError,
  required,
  sizeOf,
} from '@starling/federated-core/plan';

const indicesKind = ofKind({
  need: 'an Int32Array of row numbers, such as Int32Array.of(0, 1)',
  fits: (value) => value instanceof Int32Array,
});

/** The check of a dataset in columns, for tables of options. */
export const datasetKind = ofKind({
  need: 'a dataset, { length, columns }',
  fits: (value) => typeof value === 'object' && value !== null && 'columns' in value && 'length' in value,
  advice: (value) => (Array.isArray(value) ? 'Make one of rows: toValue(sequence(element), rows)' : null),
});

/**
 * The rows from `begin` to before `end` as a dataset that shares the memory of `dataset`, whose elements are of
 * type `element`. Throws a `RangeError` unless 0 ≤ begin ≤ end ≤ length, or if a column has another length.
 */
export function sliceRows(
  dataset: Dataset,
  options: { readonly element: Type; readonly begin: number; readonly end: number },
): Dataset {
  checkOptions('Cannot slice a dataset', options, {
    element: required(dataKinds.type),
    begin: true,
    end: true,
  });
  datasetKind('Cannot slice a dataset', 'what is sliced', dataset);
  const { element, begin, end } = options;
  const whole = Number.isInteger(begin) && Number.isInteger(end);
  if (!(whole && begin >= 0 && begin <= end && end <= dataset.length)) {
    throw optionError(
      `Cannot slice a dataset: need 0 <= begin <= end <= ${dataset.length}, got ${describeValue(begin)} and ${describeValue(end)}`,
    );
  }
  const columns = mapColumns(element, dataset, (column) => {
    const [, ...shape] = column.shape;
    const row = sizeOf(shape);
    const data =
      column.dtype === 'string'
        ? (column.data as readonly string[]).slice(begin * row, end * row)
        : (column.data as Uint8Array).subarray(begin * row, end * row);
    return { dtype: column.dtype, shape: [end - begin, ...shape], data };
  });
  return { length: end - begin, columns };
}

/**
 * The rows of `indices`, in that order, repetitions allowed. Shares memory where the indices are a run of
 * neighbours, else copies. Throws a `RangeError` for an index outside the dataset, or if a column has another
 * length.
 */
export function takeRows(
  dataset: Dataset,
  options: { readonly element: Type; readonly indices: Int32Array },
): Dataset {
  checkOptions('Cannot take rows', options, {
    element: required(dataKinds.type),
    indices: required(indicesKind),
  });
  datasetKind('Cannot take rows', 'what they are taken of', dataset);
  const { element, indices } = options;
  for (const index of indices) {
    if (!(index >= 0 && index < dataset.length)) {
      throw optionError(`Cannot take rows: indices must be from 0 to ${dataset.length - 1}, got ${index}`);
    }
  }
  const first = indices[0] ?? 0;
  if (indices.every((index, position) => index === first + position)) {
    return sliceRows(dataset, { element, begin: first, end: first + indices.length });
  }
  const columns = mapColumns(element, dataset, (column) => takeFromColumn(column, indices));
  return { length: indices.length, columns };
}

function takeFromColumn(column: Tensor, indices: Int32Array): Tensor {
  const [, ...shape] = column.shape;
  const row = sizeOf(shape);
  const data = allocate(column.dtype, indices.length * row);
  if (column.dtype === 'string') {
    const source = column.data as readonly string[];
    const target = data as string[];
    indices.forEach((index, position) => {
      for (let offset = 0; offset < row; offset++) {
        target[position * row + offset] = source[index * row + offset] as string;
      }
    });
  } else {
    // All typed arrays copy alike; one of their types stands for the rest.
    const source = column.data as Uint8Array;
    const target = data as Uint8Array;
    indices.forEach((index, position) => {
      target.set(source.subarray(index * row, (index + 1) * row), position * row);
    });
  }
  return { dtype: column.dtype, shape: [indices.length, ...shape], data };
}

/** Applies `change` to each column, led by the element type; throws a `RangeError` for one of another length. */
function mapColumns(element: Type, { length, columns }: Dataset, change: (column: Tensor) => Tensor): Value {
  return mapTensors(element, columns, (column) => {
    const { shape, data } = column;
    if (shape[0] !== length || data.length !== sizeOf(shape)) {
      throw optionError(
        `Cannot take rows: each column must have the dataset's ${length}, got ${data.length} numbers of shape [${shape.join(', ')}]`,
      );
    }
    return change(column);
  });
}

function mapTensors(element: Type, columns: Value, change: (column: Tensor) => Tensor): Value {
  if (element.kind === 'tensor') return change(columns as Tensor);
  if (element.kind !== 'struct') {
    throw optionError(
      `Cannot take rows of a dataset: its elements must be tensors or structs of tensors, got a ${element.kind}`,
    );
  }
  const entries = structEntries(element);
  if (Array.isArray(element.elements)) {
    const values = columns as readonly Value[];
    return entries.map(([, type], index) => mapTensors(type, values[index] as Value, change));
  }
  const fields = columns as { readonly [name: string]: Value };
  return Object.fromEntries(
    entries.map(([name, type]) => [name, mapTensors(type, fields[name as string] as Value, change)]),
  );
}
