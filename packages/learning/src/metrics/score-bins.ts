// Numbers in equal bins: how metrics of ranks become sums. Within a bin numbers count as equal.
import { tf } from '@starling/compute';
import { type Check, checkOptions, numberWithin, required } from '@starling/federated-core/plan';

export interface Bins {
  /** What lies below counts in the first bin. */
  readonly from: number;
  /** What lies above counts in the last bin. */
  readonly to: number;
  /** How many, at least 2. */
  readonly bins: number;
}

export const binCount: Check = numberWithin({ whole: true, from: 2, to: 1_000_000 });

/** Throws a `RangeError` unless `bins` are some. */
export function checkBins(action: string, bins: Bins): void {
  checkOptions(action, bins, {
    from: required(numberWithin({})),
    to: required(numberWithin({ above: bins.from })),
    bins: required(binCount),
  });
}

/** float32 [B] → int32 [B, bins]: 1 in the bin of each number; NaN counts in the first. */
export function inBins(values: tf.Tensor, { from, to, bins }: Bins): tf.Tensor {
  const known = tf.where(tf.isNaN(values), tf.fill(values.shape, from), values);
  const place = tf.floor(tf.mul(tf.div(tf.sub(known, from), to - from), bins));
  const bin = tf.expandDims(tf.clipByValue(place, 0, bins - 1), 1);
  return tf.cast(tf.equal(bin, tf.range(0, bins)), 'int32');
}
