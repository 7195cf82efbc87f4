// Rates that stay the same from one boundary to the next.
import { tf } from '@starling/compute';
import { describeValue } from '@starling/federated-core/plan';
import { checkCount, checkNonNegative } from '../options/option-ranges.js';
import type { Schedule } from './schedule.js';

export interface PiecewiseOptions {
  /** One more than there are boundaries, each at least 0. */
  readonly rates: readonly number[];
  /** The counts at which the next rate begins: whole numbers of at least 1, rising. */
  readonly boundaries: readonly number[];
}

/** `piecewise({ rates: [0.1, 0.01], boundaries: [50] })` is 0.1 for counts 0 to 49, then 0.01. */
export function piecewise({ rates, boundaries }: PiecewiseOptions): Schedule {
  if (!Array.isArray(rates) || !Array.isArray(boundaries)) {
    throw new RangeError(
      `Cannot make piecewise: rates and boundaries must be arrays, got ${describeValue(rates)} and ${describeValue(boundaries)}`,
    );
  }
  for (const rate of rates) checkNonNegative('piecewise', 'rates', rate);
  for (const boundary of boundaries) checkCount('piecewise', 'boundaries', boundary);
  const rising = boundaries.every((boundary, index) => boundary > (boundaries[index - 1] ?? 0));
  if (rates.length !== boundaries.length + 1 || !rising) {
    throw new RangeError(
      `Cannot make piecewise: need rising boundaries and one rate more than those, got ${rates.length} rates and boundaries [${boundaries.join(', ')}]`,
    );
  }
  return (count) =>
    boundaries.reduceRight<tf.Tensor>(
      (later, boundary, index) =>
        tf.where(tf.less(count, tf.scalar(boundary, 'int32')), tf.scalar(rates[index] as number), later),
      tf.scalar(rates.at(-1) as number),
    );
}
