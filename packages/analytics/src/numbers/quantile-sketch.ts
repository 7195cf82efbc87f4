// Quantiles within a relative error, in one round trip: a dense DDSketch (Masson, Rim, Lee, "DDSketch: A Fast and
// Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019). Bucket i holds what is above γ^(i−1) and
// up to γ^i, with γ = (1 + α) / (1 − α), and the number 2 γ^i / (γ + 1) is within α of all of it. The buckets between
// two sizes are all sent, so that a sketch is a vector, and sketches add up.
import { checkOptions, kinds, numberWithin, optionError, required } from '@starling/federated-core/plan';
import { columnData, type NumberColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import type { Edge } from '../values/ordered-bytes.js';
import { bucketCounts } from './bucket-counts.js';
import { fractionOf, rankOf } from './ranks.js';

export interface QuantileSketchOptions extends PrivacyOptions {
  /** From 0 to 1, such as `[0.25, 0.5, 0.75]`. */
  readonly quantiles: readonly number[];
  /** The relative error α; 0.01 by default. */
  readonly relativeError?: number;
  /** Sizes below the first count as 0, sizes above the second as the second; [1e-6, 1e9] by default. */
  readonly range?: readonly [number, number];
}

/** By quantile, in the order asked for; null of no rows. */
export interface SketchedQuantiles {
  readonly quantiles: readonly { readonly quantile: number; readonly value: number | null }[];
  /** Rows that are a number, infinities included. */
  readonly count: number;
}

/** The smallest number that a share of the rows is at or below, within `relativeError` of it. */
export function quantileSketch(
  column: NumberColumn,
  options: QuantileSketchOptions,
): Statistic<SketchedQuantiles> {
  const action = 'Cannot sketch quantiles';
  checkOptions(action, options, {
    ...privacyChecks,
    quantiles: required(kinds.list),
    relativeError: numberWithin({ from: 1e-4, to: 0.5 }),
    range: kinds.list,
  });
  const { quantiles, relativeError = 0.01, range: [least, most] = [1e-6, 1e9] } = options;
  if (!(least > 0 && most > least && Number.isFinite(most))) {
    throw optionError(
      `${action}: range must be two sizes above 0, the first smaller, got [${options.range}]`,
    );
  }
  const fractions = quantiles.map((quantile) => fractionOf(action, quantile));
  const gamma = (1 + relativeError) / (1 - relativeError);
  const first = Math.floor(Math.log(least) / Math.log(gamma));
  const last = Math.ceil(Math.log(most) / Math.log(gamma));
  const sizes = Array.from({ length: last - first + 1 }, (_, at) => gamma ** (first + at));
  // Upper ends belong to their bucket: above 0 an edge is passed from above, below 0 it is reached from below.
  const edges: readonly Edge[] = [
    ...[...sizes].reverse().map((at) => ({ at: -at, side: 'at-or-above' as const })),
    ...sizes.map((at) => ({ at, side: 'above' as const })),
  ];
  const middle = (index: number): number => {
    const fromZero = index <= sizes.length ? sizes.length - index : index - sizes.length;
    if (fromZero === 0) return 0;
    const size = sizes[Math.min(fromZero, sizes.length - 1)] as number;
    const value = (2 * size) / (gamma + 1);
    return index < sizes.length ? -value : value;
  };
  return statisticOf({
    name: 'quantileSketch',
    data: columnData(column),
    aggregate: (data) => bucketCounts(column, edges, data),
    finish: ({ buckets }) => {
      const all = (buckets as { readonly data: Int32Array }).data;
      const count = all.reduce((sum, rows) => sum + rows, 0);
      const valueAt = (rank: number): number => {
        let index = 0;
        for (let upTo = all[0] as number; upTo <= rank; upTo += all[index] as number) index++;
        return middle(index);
      };
      const found = fractions.map((fraction, at) => ({
        quantile: quantiles[at] as number,
        value: count === 0 ? null : valueAt(rankOf(count, fraction)),
      }));
      return { quantiles: found, count };
    },
    error: { kind: 'relative', bound: relativeError },
    privacy: options,
  });
}
