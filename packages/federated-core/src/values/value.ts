// Values as computations take and give them: tensors, structs of values, and datasets. Every walk over
// a value is led by its type, so a plain object needs no tag.
import type { Tensor } from './tensor.js';

/** A dataset in columns: each tensor leaf of the element type is stacked along a new first axis of `length`. */
export interface Dataset {
  readonly length: number;
  readonly columns: Value;
}

/** What a type describes: tensor → `Tensor`, struct → object or array, sequence → `Dataset`. */
export type Value = Tensor | Dataset | readonly Value[] | { readonly [name: string]: Value };
