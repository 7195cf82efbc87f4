// Whether values are what their type says, for whatever comes in from outside: arguments, literals, clients' data,
// updates. One check for all doors, so that no tensor counts as one thing here and as another there.

import { describeValue } from '../errors/describe-value.js';
import { ValueError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { structEntries, type TensorType, type Type } from '../types/types.js';
import { type Fault, isTensor, partsFault, type Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/**
 * Why `tensor` is not a tensor of `type`, or null: another element type or shape, or parts that contradict each other
 * (see `partsFault`). Floats are not read, so that this costs nothing on large data.
 */
export function tensorFault(type: TensorType, tensor: Tensor): Fault | null {
  const { dtype, shape } = tensor;
  const fits =
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    type.shape.every((dimension, axis) => dimension === null || dimension === shape[axis]);
  return fits
    ? partsFault(tensor)
    : { need: `a tensor ${formatType(type)}`, got: `${dtype}[${shape.join(',')}]` };
}

/**
 * Throws a `ValueError`, whose `path` leads to the part at fault and begins with `path`, where `value` is not wholly of
 * `type`: a tensor with a fault, a field that is missing, or a dataset with a column of another length than its own.
 * Copies nothing; use `toValue` for what a user may write in more than one way.
 */
export function checkValue(type: Type, value: Value, path = ''): void {
  check(type, value, path, null);
}

/** `length` is that of the dataset around, of which the value is the columns. */
function check(type: Type, value: unknown, path: string, length: number | null): void {
  switch (type.kind) {
    case 'tensor': {
      const stacked: TensorType = length === null ? type : { ...type, shape: [length, ...type.shape] };
      const fault = isTensor(value)
        ? tensorFault(stacked, value)
        : { need: `a tensor ${formatType(stacked)}`, got: describeValue(value) };
      if (fault !== null) throw valueMisfit(stacked, path, fault);
      return;
    }
    case 'struct':
      if (typeof value !== 'object' || value === null) {
        throw valueMisfit(type, path, { need: 'a struct', got: describeValue(value) });
      }
      structEntries(type).forEach(([name, field], index) => {
        const key = name ?? index;
        const at = name === null ? `${path}[${index}]` : path === '' ? name : `${path}.${name}`;
        if (!Object.hasOwn(value, key)) throw valueMisfit(field, at, { need: 'this field', got: 'none' });
        check(field, (value as Readonly<Record<string | number, unknown>>)[key], at, length);
      });
      return;
    case 'sequence': {
      if (length !== null) throw valueMisfit(type, path, { need: 'a tensor', got: 'a dataset in a dataset' });
      const dataset = value as Dataset | null | undefined;
      if (dataset?.columns === undefined) {
        throw valueMisfit(type, path, { need: 'columns and their length', got: describeValue(value) });
      }
      if (!(Number.isSafeInteger(dataset.length) && dataset.length >= 0)) {
        const got = describeValue(dataset.length);
        throw valueMisfit(type, path, { need: 'a length that is a non-negative integer', got });
      }
      check(type.element, dataset.columns, path === '' ? 'columns' : `${path}.columns`, dataset.length);
      return;
    }
    case 'federated':
      check(type.member, value, path, length);
      return;
    case 'function':
    case 'abstract':
      throw valueMisfit(type, path, { need: 'a type that has values', got: `a ${type.kind} type` });
  }
}

/** The error of a value, or of the part of one at `path`, that is not of `type`. */
export function valueMisfit(type: Type, path: string, { need, got }: Fault): ValueError {
  const where = path === '' ? '' : ` at ${path}`;
  return new ValueError(path, `Cannot take a value of ${formatType(type)}${where}: need ${need}, got ${got}`);
}
