// `federatedMedian` and `federatedTrimmedMean` in a plan: of each coordinate, what is in the middle of all updates.
import type { RowKernels } from '../rows/row-kernels.js';
import { leafTypes } from '../types/leaves.js';
import { allocate, sizeOf, type Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import { keptReduction, tooFew } from './kept-updates.js';
import type { Reduction } from './reduction.js';
import { shareOf } from './share-of.js';

/** Update <T, weight>. */
export const medianAggregation = defineAggregation({
  kind: 'median',
  settings: {},
  weighted: true,
  reduction: (aggregation, _settings, { rows }) =>
    rankedReduction('federatedMedian', aggregation, rows, (n) => Math.floor((n - 1) / 2)),
});

/** Update <T, weight>; as many are cut off at each end as `trim` says, or as are a share of all. */
export const trimmedMeanAggregation = defineAggregation({
  kind: 'trimmed-mean',
  settings: { trim: 'optional', trimShare: 'optional' },
  weighted: true,
  reduction: (aggregation, settings, { rows }) =>
    rankedReduction('federatedTrimmedMean', aggregation, rows, (n) => trimOf(settings, n)),
});

/** How many are cut off at each end of `n`; throws when none would be left. */
export function trimOf(
  { trim, trimShare }: { readonly trim?: number | undefined; readonly trimShare?: number | undefined },
  n: number,
): number {
  // A share is below a half, which its product may be rounded to.
  const cut = trim ?? Math.min(shareOf(trimShare ?? 0, n), Math.floor((n - 1) / 2));
  if (n > 2 * cut) return cut;
  throw tooFew('federatedTrimmedMean', `more than ${2 * cut} clients of a weight above 0 to trim ${cut}`, n);
}

function rankedReduction(
  intrinsic: string,
  aggregation: AggregationParts<unknown>,
  kernels: RowKernels,
  cutOf: (n: number) => number,
): Reduction {
  const types = leafTypes(aggregation.result);
  return keptReduction(intrinsic, aggregation, async ({ rows, shapes, weights }) => {
    const trim = cutOf(weights.length);
    const leaves: Tensor[] = [];
    for (const [leaf, { dtype }] of types.entries()) {
      const shape = shapes[leaf]!;
      const data = allocate(dtype, sizeOf(shape)) as Float32Array<ArrayBuffer>;
      await kernels.middles(rows[leaf]!, trim, data);
      leaves.push({ dtype, shape, data });
    }
    return leaves;
  });
}
