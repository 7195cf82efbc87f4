// From an aggregation of a plan to its reduction, by the table of kinds: what every runtime folds updates by.
import type { GraphRunner } from '../program/run-program.js';
import { plainRows, type RowKernels } from '../rows/row-kernels.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { type Aggregation, aggregationDefinition } from './aggregations.js';
import type { Reduction } from './reduction.js';

/**
 * The reduction of an aggregation; `run` runs the graphs of its operators, if it has any, and `vectors` adds up
 * what is added, and `rows` works on all updates at once.
 */
export function createReduction<G>(
  aggregation: Aggregation<G>,
  run: GraphRunner<G>,
  vectors: VectorKernels = plainVectors,
  rows: RowKernels = plainRows,
): Reduction {
  const { kind, settings = {} } = aggregation;
  return aggregationDefinition(kind).reduction(aggregation, settings, { run, vectors, rows });
}
