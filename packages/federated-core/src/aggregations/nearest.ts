// `federatedKrum` and `federatedGeometricMedian` in a plan: a mean of updates whose coefficients follow from the
// distances between them.
import { geometricMedianOf } from '../rows/geometric-median.js';
import { krumChoice } from '../rows/krum.js';
import { pulledIn } from '../rows/pulled-in.js';
import type { RowKernels } from '../rows/row-kernels.js';
import { defineAggregation } from './definition.js';
import { type KeptUpdates, keptReduction, weightedRows } from './kept-updates.js';
import { shareOf } from './share-of.js';

/** Update <T, weight>; of `faulty` updates, or of a share of all, and how many are kept: 0 for all others. */
export const krumAggregation = defineAggregation({
  kind: 'krum',
  settings: { faulty: 'optional', faultyShare: 'optional', keep: 'number' },
  weighted: true,
  reduction: (aggregation, settings, { rows, vectors }) =>
    keptReduction('federatedKrum', aggregation, async (kept) => {
      const n = kept.weights.length;
      const { faulty, keep } = krumOf(settings, n);
      const chosen = krumChoice(await distancesBetween(kept, rows), n, faulty, keep);
      const coefficients = kept.weights.map((_, row) => (chosen.includes(row) ? 1 : 0));
      return weightedRows(aggregation, kept, coefficients, chosen.length, vectors);
    }),
});

/** Of `n` updates: how many may be faulty, and how many are kept. */
export function krumOf(
  settings: {
    readonly faulty?: number | undefined;
    readonly faultyShare?: number | undefined;
    readonly keep: number;
  },
  n: number,
): { readonly faulty: number; readonly keep: number } {
  const faulty = settings.faulty ?? shareOf(settings.faultyShare ?? 0, n);
  return { faulty, keep: settings.keep === 0 ? Math.max(1, n - faulty) : settings.keep };
}

/** Update <T, weight>. */
export const geometricMedianAggregation = defineAggregation({
  kind: 'geometric-median',
  settings: { smoothing: 'number', weighted: 'flag' },
  weighted: true,
  reduction: (aggregation, { smoothing, weighted }, { rows, vectors }) =>
    keptReduction('federatedGeometricMedian', aggregation, async (kept) => {
      const weights = weighted ? kept.weights : kept.weights.map(() => 1);
      const { near, distances } = await nearRows({ ...kept, weights }, smoothing, rows);
      const coefficients = geometricMedianOf(distances, weights, smoothing);
      return weightedRows(aggregation, { ...kept, rows: near }, coefficients, 1, vectors);
    }),
});

/** The rows, those far from the others brought nearer, and the squared distances between them. */
export async function nearRows(
  { rows, weights }: Pick<KeptUpdates, 'rows' | 'weights'>,
  smallest: number,
  kernels: RowKernels,
): Promise<{ readonly near: KeptUpdates['rows']; readonly distances: Float64Array }> {
  const distances = await distancesBetween({ rows, weights }, kernels);
  const near = pulledIn(rows, distances, weights, smallest);
  if (near === rows) return { near, distances };
  return { near, distances: await distancesBetween({ rows: near, weights }, kernels) };
}

/** Squared, over all leaves. */
export async function distancesBetween(
  { rows, weights }: Pick<KeptUpdates, 'rows' | 'weights'>,
  kernels: RowKernels,
): Promise<Float64Array> {
  const distances = new Float64Array(weights.length ** 2);
  for (const leaf of rows) await kernels.distances(leaf, distances);
  return distances;
}
