// The round plan: what compiling a federated computation gives, and all that a runtime needs to know of it.
// One pass is the seven slots of a round (prepare, work, zero, accumulate, merge, report, apply); a
// computation that needs several round trips has several phases.
//
// Programs work on leaves: a value of a struct type is the list of its tensors in order, a dataset the list
// of its columns. `G` is how a local computation is named: the object itself after compiling, the hash of a
// graph once the plan is linked for a thread, a socket or a disk.

import type { LocalComputation } from '../program/local-computation.js';
import type { TensorType, Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';

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

/**
 * How one part of the clients' updates becomes one aggregate. `kind` names the intrinsic; its file in
 * `intrinsics/` holds the reduction. Leaves of `update` are what a client sends for it, of `result` what is
 * reported to the server.
 */
export interface Aggregation<G = LocalComputation> {
  readonly kind: AggregationKind;
  readonly update: Type;
  readonly result: Type;
  /** Leaves given where the aggregate of an empty cohort or zero total weight is undefined; else an error. */
  readonly ifEmpty?: readonly Tensor[];
  /** Of `aggregate` only: the four operators as programs over leaves. */
  readonly operators?: {
    readonly zero: LocalProgram<G>;
    readonly accumulate: LocalProgram<G>;
    readonly merge: LocalProgram<G>;
    readonly report: LocalProgram<G>;
  };
  /**
   * Numbers that some kinds take: `maxInput`, `bitwidth`, `modulus` and `symmetric` (0 or 1), `maxSamples`. One that
   * differs between leaves is named `maxInput.0`, `maxInput.1`, ….
   */
  readonly settings?: Readonly<Record<string, number>>;
}

/**
 * Update types: weighted-mean <T, weight>, sample <T, float64>, all others T. `select-keys` takes each client's keys
 * (int32[n], `settings.keyBound` and `maxKeys`), and gives <keys=int32[?],counts=int32[?]>: all keys in cohort order, and how many
 * each client has that reported.
 */
export type AggregationKind =
  | 'sum'
  | 'mean'
  | 'weighted-mean'
  | 'min'
  | 'max'
  | 'aggregate'
  | 'secure-sum'
  | 'secure-sum-bitwidth'
  | 'secure-modular-sum'
  | 'collect'
  | 'sample'
  | 'select-keys';

/**
 * Slices of a server value by the clients' keys: for each client of the phase its own, as a dataset with an element
 * a key. `prepare` gives the value that is `served`; the server calls `graph` (<served, key> -> slice) once for each
 * distinct key, with the seed `deriveSeed(server's seed, salt, key)`.
 */
export interface Selection<G = LocalComputation> {
  /** The aggregation of an earlier phase (kind `select-keys`) that took the keys. */
  readonly keys: { readonly phase: number; readonly aggregation: number };
  readonly served: Type;
  readonly graph: G;
  readonly slice: Type;
  readonly salt: number;
}

/** One round trip. What its work reads of the server's is all that it sends; the server's programs see all aggregates. */
export interface Phase<G = LocalComputation> {
  /** (server input, aggregates of earlier phases) → broadcast, then what each of `selections` serves. */
  readonly prepare: LocalProgram<G>;
  readonly broadcast: Type;
  /** What this phase's work takes of slices; as with a broadcast, a later phase that needs the same lists them again. */
  readonly selections: readonly Selection<G>[];
  /** (broadcast, slices, client input) → the updates of all aggregations, in order. */
  readonly work: LocalProgram<G>;
  readonly aggregations: readonly Aggregation<G>[];
}

export interface RoundPlan<G = LocalComputation> {
  readonly name: string;
  /**
   * The members of the SERVER-placed parameters: a struct by their names (`<>` where there are none), or the
   * member itself where the computation has one parameter without a name.
   */
  readonly serverInput: Type;
  /** The same of the CLIENTS-placed parameters: what each client must hold. */
  readonly clientInput: Type;
  /** None where nothing is asked of clients, such as to make an initial state. */
  readonly phases: readonly Phase<G>[];
  /** (server input, aggregates of all phases) → result. */
  readonly apply: LocalProgram<G>;
  /** Members, without placement: `<state=…,metrics=…>` of a process. */
  readonly result: Type;
  /** Clients a lane: the unit that is summed in order, and by one worker. */
  readonly laneSize: number;
  /** For errors alone. It stays with whoever compiled the plan: the linked plan, and so its hash, has none. */
  readonly sources?: PlanSources;
}

/** What was written where, such as `federatedMap(train) at /home/me/train.ts:12:5`. */
export interface PlanSources {
  /** By the salts of calls. */
  readonly calls: readonly string[];
  /** The aggregations of each phase. */
  readonly aggregations: readonly (readonly string[])[];
}
