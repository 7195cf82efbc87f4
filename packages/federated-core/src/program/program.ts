// Programs: what one place of a plan computes, as a straight line of instructions over registers. Data alone;
// `run-program.ts` runs them, `program-builder.ts` writes them.
//
// Programs work on leaves: a value of a struct type is the list of its tensors in order, a dataset the list of its
// columns. `G` is how a local computation is named: the object itself after compiling, the hash of a graph once the
// plan is linked for a thread, a socket or a disk.
import type { TensorType } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import type { LocalComputation } from './local-computation.js';

/** Inputs are registers 0 … inputs − 1; each instruction appends its outputs as the next registers. */
export type Register = number;

/**
 * One step of a program. An instruction with a `salt` draws its randomness from `deriveSeed(seed, salt)`; salts
 * are unique in a plan, and a call that two programs repeat keeps its salt, so that it draws the same numbers.
 * Instructions over a dataset give their n-th call `deriveSeed(seed, salt, n)`.
 */
export type Instruction<G = LocalComputation> =
  | { readonly op: 'constant'; readonly value: Tensor }
  | {
      readonly op: 'call';
      readonly graph: G;
      readonly inputs: readonly Register[];
      /** How many registers the result takes. */
      readonly outputs: number;
      readonly salt: number;
    }
  | {
      /** Folds `graph` (<state, element> -> state) over the elements of a dataset, one call an element. */
      readonly op: 'reduce';
      readonly graph: G;
      /** Columns of the dataset. */
      readonly sequence: readonly Register[];
      readonly initial: readonly Register[];
      readonly salt: number;
    }
  | {
      /** Calls `graph` on each element of a dataset; the results are the columns of a new dataset. */
      readonly op: 'map';
      readonly graph: G;
      readonly sequence: readonly Register[];
      /** Leaves of one result. */
      readonly result: readonly TensorType[];
      readonly salt: number;
    }
  | {
      /** Adds up the elements of a dataset, column by column (in float64; an integer that overflows is an error). */
      readonly op: 'sum';
      readonly sequence: readonly Register[];
      /** Leaves of one element. */
      readonly element: readonly TensorType[];
    }
  | {
      /**
       * Calls `graph` (<server value, key> -> slice) for each of a client's keys (int32[n]) on the client, which
       * holds the value; the slices are the columns of a dataset, in the order of the keys. A key outside
       * [0, keyBound) refuses the client's update.
       */
      readonly op: 'select';
      readonly graph: G;
      readonly inputs: readonly Register[];
      readonly keys: Register;
      readonly keyBound: number;
      /** Leaves of one slice. */
      readonly result: readonly TensorType[];
      readonly salt: number;
    }
  | {
      /** A uniform float64 in [0, 1): what `sample` ranks clients by. */
      readonly op: 'random';
      readonly salt: number;
    };

/** A straight line of instructions. */
export interface LocalProgram<G = LocalComputation> {
  readonly inputs: number;
  readonly instructions: readonly Instruction<G>[];
  readonly outputs: readonly Register[];
}
