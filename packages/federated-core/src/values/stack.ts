// Elements to a dataset and back: each leaf stacked along a new first axis.
import { kinds } from '../errors/check-kind.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import { sequence, type TensorType, type Type } from '../types/types.js';
import { dataKinds } from './data-kinds.js';
import { flatten, unflatten } from './flatten.js';
import { allocate, sizeOf, type Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** A dataset of `length` elements, each made and let go in its turn; throws when elements differ in shape. */
export function stack(element: Type, length: number, elementOf: (index: number) => Value): Dataset {
  const columns = leafTypes(element).map((leaf) => new Column(leaf, length));
  for (let index = 0; index < length; index++) {
    const leaves = flatten(element, elementOf(index));
    columns.forEach((column, leaf) => {
      column.add(leaves[leaf]!);
    });
  }
  const dataset = unflatten(
    sequence(element),
    columns.map((column) => column.finish()),
  ) as Dataset;
  return { length, columns: dataset.columns };
}

/**
 * Tensors of one type stacked along a new first axis; with none, unknown dimensions count 0. Throws a
 * `TypeMismatchError` for a tensor that is of another type, or of another shape than the first.
 */
export function stackTensors(type: TensorType, tensors: readonly Tensor[]): Tensor {
  dataKinds.type('Cannot stack tensors', 'their type', type);
  kinds.list('Cannot stack tensors', 'tensors', tensors);
  tensors.forEach((tensor, index) => {
    dataKinds.tensor('Cannot stack tensors', `tensors[${index}]`, tensor);
    if (isOf(type, tensor)) return;
    throw new TypeMismatchError(
      `Cannot stack tensors: tensors[${index}] must be of ${formatType(type)}, got ${tensor.dtype}[${tensor.shape.join(',')}]${atLocation(sourceLocation())}`,
    );
  });
  const column = new Column(type, tensors.length);
  for (const tensor of tensors) column.add(tensor);
  return column.finish();
}

/** Whether it is of the type, as far as its head tells. */
function isOf(type: TensorType, { dtype, shape }: Tensor): boolean {
  if (dtype !== type.dtype || shape.length !== type.shape.length) return false;
  return type.shape.every((dimension, axis) => dimension === null || dimension === shape[axis]);
}

/** Tensors of one type, of the shape of the first, one after another in an array of their own. */
class Column {
  #inner: readonly number[] | null = null;
  #data: Tensor['data'] | null = null;
  #filled = 0;

  constructor(
    private readonly type: TensorType,
    private readonly length: number,
  ) {}

  add({ shape, data }: Tensor): void {
    this.#inner ??= shape;
    this.#data ??= allocate(this.type.dtype, this.length * sizeOf(shape));
    const inner = this.#inner;
    if (shape.length !== inner.length || shape.some((size, axis) => size !== inner[axis])) {
      throw new TypeMismatchError(
        `Cannot stack tensors of ${formatType(this.type)}: shapes must be equal, got [${inner.join(',')}] and [${shape.join(',')}]`,
      );
    }
    copyInto(this.#data, data, this.#filled);
    this.#filled += data.length;
  }

  finish(): Tensor {
    const { dtype } = this.type;
    const inner = this.#inner ?? this.type.shape.map((dimension) => dimension ?? 0);
    return { dtype, shape: [this.length, ...inner], data: this.#data ?? allocate(dtype, 0) };
  }
}

/** The `index`-th element along the first axis; numbers are a view, not a copy. */
export function elementAt(column: Tensor, index: number): Tensor {
  if (!Array.isArray(column?.shape))
    dataKinds.tensor('Cannot take an element', 'what it is taken of', column);
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
