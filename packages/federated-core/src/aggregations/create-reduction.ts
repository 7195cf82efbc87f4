// From an aggregation of a plan to its reduction: the one table that every runtime folds updates by.

import type { Aggregation, AggregationKind } from '../plan/round-plan.js';
import type { GraphRunner } from '../program/run-program.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { aggregateReduction } from './aggregate.js';
import { collectReduction, sampleReduction } from './collect.js';
import { extremumReduction } from './extremum.js';
import { meanReduction } from './mean.js';
import type { Reduction } from './reduction.js';
import { secureModularSumReduction, secureSumReduction } from './secure.js';
import { selectKeysReduction } from './select-keys.js';
import { sumReduction } from './sum.js';

/**
 * The reduction of an aggregation; `run` runs the graphs of its operators, where it has any, and `vectors` adds up
 * what is added.
 */
export function createReduction<G>(
  aggregation: Aggregation<G>,
  run: GraphRunner<G>,
  vectors: VectorKernels = plainVectors,
): Reduction {
  const reductions = {
    sum: sumReduction,
    mean: meanReduction,
    'weighted-mean': meanReduction,
    min: extremumReduction,
    max: extremumReduction,
    aggregate: (one) => aggregateReduction(one, run, vectors),
    'secure-sum': secureSumReduction,
    'secure-sum-bitwidth': secureSumReduction,
    'secure-modular-sum': secureModularSumReduction,
    collect: collectReduction,
    sample: sampleReduction,
    'select-keys': selectKeysReduction,
  } satisfies Record<AggregationKind, (one: Aggregation<G>, vectors: VectorKernels) => Reduction>;
  return reductions[aggregation.kind](aggregation, vectors);
}
