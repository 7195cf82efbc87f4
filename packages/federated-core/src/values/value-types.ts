// Values by their types, for the editor: what computations, states and runs hold, tensor by tensor.
import type { FederatedType, SequenceType, StructElements, TensorType, Type } from '../types/types.js';
import type { Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** A value of type `T`: a tensor, a record or list of values, a `Dataset`; of a value at the server its member. */
export type ValueOf<T> = Type extends T
  ? Value
  : T extends TensorType<infer D>
    ? Tensor<D>
    : T extends SequenceType
      ? Dataset
      : T extends FederatedType<infer M>
        ? ValueOf<M>
        : T extends { readonly kind: 'struct'; readonly elements: infer E }
          ? StructElements extends E
            ? Value
            : { readonly [K in keyof E]: ValueOf<E[K]> }
          : Value;
