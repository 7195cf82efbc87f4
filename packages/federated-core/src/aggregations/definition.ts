// What a kind of aggregation declares of itself. One table of these (`aggregations.ts`) gives the type
// `Aggregation`, the reductions that runtimes fold by, and what a plan's manifest may hold.
import type { LocalComputation } from '../program/local-computation.js';
import type { LocalProgram } from '../program/program.js';
import type { GraphRunner } from '../program/run-program.js';
import type { RowKernels } from '../rows/row-kernels.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import type { Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import type { Reduction } from './reduction.js';
import type { SettingForms, SettingsOf } from './settings.js';

/** What aggregations of all kinds have. */
export interface AggregationParts<G = LocalComputation> {
  /** What a client sends for it. */
  readonly update: Type;
  /** What is reported to the server. */
  readonly result: Type;
  /** Leaves of the result when it is undefined: no clients, or no weight. Without them that is an error. */
  readonly ifEmpty?: readonly Tensor[];
  /** Of `aggregate` alone: the four operators as programs over leaves. */
  readonly operators?: {
    readonly zero: LocalProgram<G>;
    readonly accumulate: LocalProgram<G>;
    readonly merge: LocalProgram<G>;
    readonly report: LocalProgram<G>;
  };
}

/** What a reduction works with. */
export interface ReductionTools<G> {
  /** Runs the graphs of operators. */
  readonly run: GraphRunner<G>;
  /** The loops that add up numbers. */
  readonly vectors: VectorKernels;
  /** The loops over all updates at once. */
  readonly rows: RowKernels;
}

export interface AggregationDefinition<K extends string = string, R extends SettingForms = SettingForms> {
  /** As a plan names it. */
  readonly kind: K;
  /** The settings that it takes; `{}` for none. */
  readonly settings: R;
  /** Whether the last leaf of an update is the client's weight: a negative one refuses the update. */
  readonly weighted?: true;
  /** Whether an update counts for less the staler it is. */
  readonly discounts?: true;
  /** Whether the server is to see nothing of single updates, and so can weigh none. */
  readonly secure?: true;
  reduction<G>(
    aggregation: AggregationParts<G>,
    settings: SettingsOf<R>,
    tools: ReductionTools<G>,
  ): Reduction;
}

/** The definition as it is: its kind and forms are kept as types. */
export function defineAggregation<const K extends string, const R extends SettingForms>(
  definition: AggregationDefinition<K, R>,
): AggregationDefinition<K, R> {
  return definition;
}
