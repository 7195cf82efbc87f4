// Zeros of the type of an update, for a state that begins there.
import { formatType, type Tensor, type Type, tensor } from '@starling/federated-core';
import { optionError, sizeOf } from '@starling/federated-core/plan';

type Zeros = Tensor | readonly Zeros[] | { readonly [name: string]: Zeros };

/** Throws a `RangeError` unless it is a tensor of numbers and of known shape, or structs of them. */
export function zerosOf(type: Type): Zeros {
  if (type.kind === 'struct') {
    if (Array.isArray(type.elements)) return (type.elements as readonly Type[]).map(zerosOf);
    return Object.fromEntries(
      Object.entries(type.elements as { readonly [name: string]: Type }).map(([name, field]) => [
        name,
        zerosOf(field),
      ]),
    );
  }
  if (type.kind !== 'tensor' || type.dtype !== 'float32' || type.shape.includes(null)) {
    throw optionError(`Cannot make zeros: need float32 tensors of a known shape, got ${formatType(type)}`);
  }
  const shape = type.shape as readonly number[];
  return tensor('float32', [...shape], new Float32Array(sizeOf(shape)));
}
