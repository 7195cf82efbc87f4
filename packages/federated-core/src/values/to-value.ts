// What a user writes, to a value of a type: numbers, nested arrays, typed arrays, tensors, objects and lists of
// examples become tensors, structs and datasets, checked on the way, with the path of what does not fit.

import { describeValue } from '../errors/describe-value.js';
import { nearestName } from '../errors/nearest-name.js';
import { TypeMismatchError, type ValueError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import {
  isType,
  type SequenceType,
  type StructType,
  structEntries,
  type TensorType,
  type Type,
} from '../types/types.js';
import { mapFields } from '../types/unify.js';
import { tensorFault, valueMisfit } from './check-value.js';
import { dataKinds } from './data-kinds.js';
import { stack } from './stack.js';
import { allocate, isTensor, partsFault, sizeOf, type Tensor } from './tensor.js';
import { scalarNeed, scalarOf } from './to-scalar.js';
import type { Dataset, Value } from './value.js';

/**
 * A checked value of `type`. Tensors and arrays of the right type pass uncopied, so that data costs no second
 * memory: a caller that keeps the value copies it (`copyTensor`). A struct takes an object by names (in any
 * order) or an array by positions; a sequence takes an array of elements or a `Dataset`.
 * Throws a `ValueError` whose `path` names the part that does not fit, beginning with the `path` that led here.
 */
export function toValue(type: Type, input: unknown, path = ''): Value {
  if (!isType(type)) dataKinds.type('Cannot take a value', 'its type', type);
  return convert(type, input, path);
}

function convert(type: Type, input: unknown, path: string): Value {
  switch (type.kind) {
    case 'tensor':
      return convertTensor(type, input, path);
    case 'struct':
      return convertStruct(type, input, path);
    case 'sequence':
      return convertSequence(type, input, path);
    case 'federated':
      return convert(type.member, input, path);
    case 'function':
    case 'abstract':
      throw new TypeMismatchError(`Cannot make a value of ${formatType(type)}: it has no tensors`);
  }
}

function convertStruct(type: StructType, input: unknown, path: string): Value {
  const entries = structEntries(type);
  if (Array.isArray(type.elements)) {
    if (!Array.isArray(input) || input.length !== entries.length) {
      throw misfit(type, path, `an array of ${entries.length}`, input);
    }
    return entries.map(([, field], index) => convert(field, input[index], `${path}[${index}]`));
  }
  if (entries.length === 0 && Array.isArray(input) && input.length === 0) return {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw misfit(type, path, 'an object', input);
  }
  const fields = input as Readonly<Record<string, unknown>>;
  const surplus = Object.keys(fields).find((name) => !Object.hasOwn(type.elements, name));
  if (surplus !== undefined) {
    if (isTensor(input)) throw misfit(type, path, 'an object', input);
    const missing = entries.map(([name]) => name as string).filter((name) => !Object.hasOwn(fields, name));
    const near = nearestName(surplus, missing);
    const need = near === undefined ? 'no such field' : `no such field (did you mean '${near}'?)`;
    throw misfit(type, join(path, surplus), need, fields[surplus]);
  }
  return Object.fromEntries(
    entries.map(([name, field]) => {
      const key = name as string;
      if (!Object.hasOwn(fields, key)) throw misfit(field, join(path, key), 'this field', undefined);
      return [key, convert(field, fields[key], join(path, key))];
    }),
  );
}

function convertSequence(type: SequenceType, input: unknown, path: string): Value {
  if (isDataset(input)) return convertColumns(type, input, path);
  if (ArrayBuffer.isView(input) || Array.isArray(input)) {
    const { element } = type;
    const elements = input as ArrayLike<unknown>;
    if (element.kind === 'tensor' && element.shape.length === 0 && !holdsObjects(elements)) {
      // Numbers are their column already: millions of them are no millions of tensors.
      const columns = convertTensor({ ...element, shape: [elements.length] }, input, path);
      return { length: elements.length, columns };
    }
    return stack(element, elements.length, (index) => convert(element, elements[index], `${path}[${index}]`));
  }
  throw misfit(type, path, 'an array of elements or a dataset', input);
}

/** Typed arrays hold none. */
function holdsObjects(elements: ArrayLike<unknown>): boolean {
  return Array.isArray(elements) && elements.some((element) => typeof element === 'object');
}

function convertColumns(type: SequenceType, dataset: Dataset, path: string): Dataset {
  if (!(Number.isSafeInteger(dataset.length) && dataset.length >= 0)) {
    throw misfit(type, join(path, 'length'), 'a non-negative integer', dataset.length);
  }
  const stacked = (element: Type): Type => {
    if (element.kind === 'tensor') return { ...element, shape: [dataset.length, ...element.shape] };
    if (element.kind !== 'struct') throw misfit(type, path, 'columns of tensors', dataset);
    return mapFields(element, stacked);
  };
  return {
    length: dataset.length,
    columns: convert(stacked(type.element), dataset.columns, join(path, 'columns')),
  };
}

function convertTensor(type: TensorType, input: unknown, path: string): Tensor {
  if (isTensor(input)) {
    const fault = tensorFault(type, input);
    if (fault !== null) throw valueMisfit(type, path, fault);
    return input;
  }
  if (ArrayBuffer.isView(input)) return convertTypedArray(type, input, path);
  const shape: number[] = [];
  for (let level = input; Array.isArray(level); level = level[0]) shape.push(level.length);
  // An empty array says nothing of the axes below it; they are taken from the type.
  if (shape.at(-1) === 0) shape.push(...type.shape.slice(shape.length).map((dimension) => dimension ?? 0));
  if (
    shape.length !== type.shape.length ||
    type.shape.some((size, axis) => size !== null && size !== shape[axis])
  ) {
    throw misfit(type, path, `shape [${type.shape.map((size) => size ?? '?').join(',')}]`, input);
  }
  const data = allocate(type.dtype, sizeOf(shape)) as unknown[];
  let next = 0;
  const fill = (level: unknown, axis: number, where: string): void => {
    if (axis === shape.length) {
      data[next++] = convertScalar(type, level, where);
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[axis]) {
      throw misfit(type, where, `an array of ${shape[axis]}`, level);
    }
    const isLast = axis + 1 === shape.length;
    for (let index = 0; index < level.length; index++) {
      if (isLast) data[next++] = convertScalar(type, level[index], where, index);
      else fill(level[index], axis + 1, `${where}[${index}]`);
    }
  };
  fill(input, 0, path);
  return { dtype: type.dtype, shape, data: data as unknown as Tensor['data'] };
}

function convertTypedArray(type: TensorType, input: ArrayBufferView, path: string): Tensor {
  const values = input as unknown as ArrayLike<number | bigint>;
  const unknown = type.shape.filter((size) => size === null).length;
  const known = type.shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  const free = unknown === 1 && known > 0 ? values.length / known : 0;
  const shape = type.shape.map((size) => size ?? free);
  if (unknown > 1 || !Number.isInteger(free) || sizeOf(shape) !== values.length) {
    throw misfit(type, path, 'as many numbers as its shape', input);
  }
  const data = allocate(type.dtype, values.length) as unknown[];
  if (Object.getPrototypeOf(data) === Object.getPrototypeOf(input)) {
    const tensor: Tensor = { dtype: type.dtype, shape, data: input as unknown as Tensor['data'] };
    const fault = partsFault(tensor);
    if (fault !== null) throw valueMisfit(type, path, fault);
    return tensor;
  }
  for (let index = 0; index < values.length; index++) {
    data[index] = convertScalar(type, values[index], path, index);
  }
  return { dtype: type.dtype, shape, data: data as unknown as Tensor['data'] };
}

/** `path` leads to the scalar, or to the array that holds it at `index`: it is written out for errors alone. */
function convertScalar(
  { dtype }: TensorType,
  input: unknown,
  path: string,
  index?: number,
): number | bigint | string {
  const need = scalarNeed(dtype, input);
  if (need === null) return scalarOf(dtype, input);
  const at = index === undefined ? path : `${path}[${index}]`;
  throw misfit({ kind: 'tensor', dtype, shape: [] }, at, need, input);
}

function isDataset(input: unknown): input is Dataset {
  return (
    typeof input === 'object' &&
    input !== null &&
    !Array.isArray(input) &&
    'length' in input &&
    'columns' in input
  );
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function misfit(type: Type, path: string, need: string, input: unknown): ValueError {
  return valueMisfit(type, path, { need, got: describeValue(input) });
}
