// Zeros of the type of an update, for a state that begins there.
import { formatType, type Tensor, type Type, tensor } from '@starling/federated-core';
import { optionError, sizeOf } from '@starling/federated-core/plan';
import { mapType, type TreeOf } from './structures.js';

/** Throws a `RangeError` unless it is a tensor of numbers and of known shape, or structs of them. */
export function zerosOf(type: Type): TreeOf<Tensor> {
  return mapType(zeros, type);
}

function zeros(type: Type): Tensor {
  if (type.kind !== 'tensor' || type.dtype !== 'float32' || type.shape.includes(null)) {
    throw optionError(`Cannot make zeros: need float32 tensors of a known shape, got ${formatType(type)}`);
  }
  const shape = type.shape as readonly number[];
  return tensor('float32', [...shape], new Float32Array(sizeOf(shape)));
}
