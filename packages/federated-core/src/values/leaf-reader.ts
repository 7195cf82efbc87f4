// Checks values of one type and takes them apart, many times over: the type is gone through once. What `checkValue` and
// `flatten` do for a single value, at a fraction of the cost where values are small.
import { structEntries, type TensorType, type Type } from '../types/types.js';
import { checkValue } from './check-value.js';
import { flatten } from './flatten.js';
import { partsFault, type Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** Puts the leaves of a value into `into`; `false` if it may not be of its type. `length`: of the dataset around. */
type Take = (value: unknown, into: Tensor[], length: number) => boolean;

/** Gives the leaves of values of `type`, in order; throws a `ValueError`, as `checkValue` does, for any other. */
export function leafReader(type: Type): (value: Value) => readonly Tensor[] {
  const take = takeOf(type, false);
  return (value) => {
    const leaves: Tensor[] = [];
    if (take(value, leaves, 0)) return leaves;
    checkValue(type, value); // says what is wrong, if anything is
    return flatten(type, value);
  };
}

const NEVER: Take = () => false;

function takeOf(type: Type, isInDataset: boolean): Take {
  switch (type.kind) {
    case 'tensor':
      return takeTensor(type, isInDataset);
    case 'struct': {
      const fields = structEntries(type).map(
        ([name, field], index) => [name ?? index, takeOf(field, isInDataset)] as const,
      );
      return (value, into, length) => {
        if (typeof value !== 'object' || value === null) return false;
        for (let index = 0; index < fields.length; index++) {
          const [key, take] = fields[index]!;
          // One that is inherited is found missing by `checkValue`.
          if (!Object.hasOwn(value, key)) return false;
          if (!take((value as Record<string | number, unknown>)[key], into, length)) return false;
        }
        return true;
      };
    }
    case 'sequence': {
      if (isInDataset) return NEVER;
      const take = takeOf(type.element, true);
      return (value, into) => {
        const { columns, length } = (value ?? {}) as Partial<Dataset>;
        return Number.isSafeInteger(length) && length! >= 0 && take(columns, into, length!);
      };
    }
    case 'federated':
      return takeOf(type.member, isInDataset);
    case 'function':
    case 'abstract':
      return NEVER;
  }
}

function takeTensor({ dtype, shape }: TensorType, isInDataset: boolean): Take {
  const first = isInDataset ? 1 : 0;
  const rank = shape.length + first;
  return (value, into, length) => {
    if (typeof value !== 'object' || value === null) return false;
    const tensor = value as Tensor;
    const sizes = tensor.shape as readonly number[] | undefined;
    if (tensor.dtype !== dtype || !Array.isArray(sizes) || sizes.length !== rank) return false;
    if (isInDataset && sizes[0] !== length) return false;
    for (let axis = 0; axis < shape.length; axis++) {
      if (shape[axis] !== null && shape[axis] !== sizes[axis + first]) return false;
    }
    if (!isWhole(tensor) && partsFault(tensor) !== null) return false;
    into.push(tensor);
    return true;
  };
}

/** The quick answer for numbers in an array of this realm; `false` where `partsFault` is to say. */
function isWhole({ dtype, shape, data }: Tensor): boolean {
  switch (dtype) {
    case 'float32':
      if (!(data instanceof Float32Array)) return false;
      break;
    case 'int32':
      if (!(data instanceof Int32Array)) return false;
      break;
    case 'float64':
      if (!(data instanceof Float64Array)) return false;
      break;
    default:
      return false;
  }
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!(Number.isSafeInteger(shape[axis]) && shape[axis]! >= 0)) return false;
    size *= shape[axis]!;
  }
  return data.length === size;
}
