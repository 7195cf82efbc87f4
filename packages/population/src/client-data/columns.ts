// The columns of a client's rows, by name: what every change of rows reads and gives.
import type { Dataset, StructType, Tensor, TensorType } from '@starling/federated-core';
import { didYouMean, optionError, sizeOf } from '@starling/federated-core/plan';
import type { ClientSource } from './client-source.js';

export type Columns = Readonly<Record<string, Tensor>>;

/** The columns of a dataset whose elements are structs of named tensors. */
export function columnsOf(dataset: Dataset): Columns {
  return dataset.columns as Columns;
}

/** The fields of such an element. */
export function fieldsOf(element: StructType): Readonly<Record<string, TensorType>> {
  return element.elements as Readonly<Record<string, TensorType>>;
}

/** The type of the column `name`; throws a `RangeError` that names those there are, after `action`. */
export function fieldNamed(action: string, element: StructType, name: string): TensorType {
  const fields = fieldsOf(element);
  if (Object.hasOwn(fields, name)) return fields[name] as TensorType;
  const names = Object.keys(fields);
  throw new RangeError(
    `${action}: need a column among ${names.join(', ')}, got '${name}'${didYouMean(name, names)}`,
  );
}

/** Numbers in each row of a column of fixed shape. */
export function rowSize({ shape }: TensorType): number {
  return sizeOf(shape as readonly number[]);
}

/** Throws a `RangeError` unless the column holds numbers: bytes of text are none. */
export function checkNumeric(
  action: string,
  name: string,
  { dtype, shape }: TensorType,
  { meanings }: ClientSource,
): void {
  if (meanings?.[name] === 'text') {
    throw optionError(
      `${action}: column '${name}' must hold numbers, got text(${shape[0]}). Say what its texts are where the file is read: types: { ${name}: categories([…]) } makes whole numbers of them, and missing: { marks: […] } leaves out what marks a missing number`,
    );
  }
  if (dtype === 'string' || dtype === 'int64') {
    throw new RangeError(
      `${action}: column '${name}' must be of float32, float64, int32, uint8 or bool, got ${dtype}`,
    );
  }
}

/** A column's values as numbers, of a column that passed `checkNumeric`. */
export function numbersOf(tensor: Tensor): ArrayLike<number> {
  return tensor.data as ArrayLike<number>;
}
