// Elements to a dataset and back: each leaf stacked along a new first axis.
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import { sequence, type TensorType, type Type } from '../types/types.js';
import { flatten, unflatten } from './flatten.js';
import { allocate, sizeOf, type Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** A dataset of these elements, in order; throws when elements differ in shape. */
export function stack(element: Type, elements: readonly Value[]): Dataset {
  const rows = elements.map((value) => flatten(element, value));
  const columns = leafTypes(element).map((leaf, index) =>
    stackTensors(
      leaf,
      rows.map((row) => row[index]!),
    ),
  );
  const dataset = unflatten(sequence(element), columns) as Dataset;
  return { length: elements.length, columns: dataset.columns };
}

/** Tensors of one type stacked along a new first axis; with none, unknown dimensions count 0. */
export function stackTensors(type: TensorType, tensors: readonly Tensor[]): Tensor {
  const inner = tensors[0]?.shape ?? type.shape.map((dimension) => dimension ?? 0);
  const size = sizeOf(inner);
  const data = allocate(type.dtype, tensors.length * size);
  tensors.forEach((tensor, index) => {
    if (tensor.shape.length !== inner.length || tensor.shape.some((length, axis) => length !== inner[axis])) {
      throw new TypeMismatchError(
        `Cannot stack tensors of ${formatType(type)}: shapes must be equal, got [${inner.join(',')}] and [${tensor.shape.join(',')}]`,
      );
    }
    copyInto(data, tensor.data, index * size);
  });
  return { dtype: type.dtype, shape: [tensors.length, ...inner], data };
}

/** The `index`-th element along the first axis; numbers are a view, not a copy. */
export function elementAt(column: Tensor, index: number): Tensor {
  const shape = column.shape.slice(1);
  const size = sizeOf(shape);
  const { data } = column;
  const part = isStrings(data)
    ? data.slice(index * size, (index + 1) * size)
    : data.subarray(index * size, (index + 1) * size);
  return { dtype: column.dtype, shape, data: part };
}

function isStrings(data: Tensor['data']): data is readonly string[] {
  return Array.isArray(data);
}

function copyInto(target: Tensor['data'], source: Tensor['data'], offset: number): void {
  if (isStrings(target)) {
    const strings = target as string[];
    for (let index = 0; index < source.length; index++) strings[offset + index] = source[index] as string;
  } else if (target instanceof BigInt64Array) target.set(source as BigInt64Array, offset);
  else target.set(source as Float32Array, offset);
}
