// Errors of regression over all examples: mean absolute error, root mean squared error, and R², as integer sums.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { checkedRows } from '../losses/label-checks.js';
import { countOf, meanOf, type ResolutionOptions, withCount } from './exact-mean.js';
import { DIGITS, digitsOf, numberOf, RESOLUTION } from './fixed-point.js';
import type { SumMetric } from './sum-metric.js';

/** Σ |y − ŷ| / n: labels and outputs of as many elements; the elements of an example are averaged. */
export function absoluteError(options: ResolutionOptions = {}): SumMetric {
  return meanOf('absolute error', differences(tf.abs), options, (mean) => mean);
}

/** √(Σ (y − ŷ)² / n). */
export function rootMeanSquaredError(options: ResolutionOptions = {}): SumMetric {
  return meanOf('root mean squared error', differences(tf.square), options, (mean) => tf.sqrt(mean));
}

export interface RSquaredOptions extends ResolutionOptions {
  /**
   * About where the labels lie; 0 by default. Their variance is Σ (y − c)² / n − (Σ (y − c) / n)², which is worked out
   * in float32: give a number near their mean if that is far from 0 for their spread.
   */
  readonly center?: number;
}

/** 1 − Σ (y − ŷ)² / Σ (y − ȳ)², of one number an example. It has no meaning where all labels are the same. */
export function rSquared(options: RSquaredOptions = {}): SumMetric {
  checkOptions('Cannot make R²', options, {
    resolution: numberWithin({ above: 0, float32: true }),
    center: numberWithin({}),
  });
  const { resolution = RESOLUTION, center = 0 } = options;
  const columns = (labels: tf.Tensor, outputs: tf.Tensor): readonly tf.Tensor[] => {
    const y = tf.sub(meanPerRow(checkedRows('rSquared', labels, outputs).targets), center);
    return [y, tf.square(y), differences(tf.square)(labels, outputs)];
  };
  return {
    name: 'R²',
    sums: int32(3 * DIGITS + 1),
    terms: (labels, outputs) =>
      withCount(
        tf.concat(
          columns(labels, outputs).map((column) => digitsOf(column, resolution)),
          1,
        ),
      ),
    valid: (labels, outputs) =>
      columns(labels, outputs)
        .map((column) => tf.isFinite(column))
        .reduce((all, next) => tf.logicalAnd(all, next)),
    result: (sums) => {
      const [first, squares, errors] = [0, 1, 2].map((column) =>
        numberOf(tf.slice(sums, column * DIGITS, DIGITS), resolution),
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const spread = tf.sub(squares, tf.div(tf.square(first), countOf(sums)));
      return tf.sub(1, tf.div(errors, spread));
    },
  };
}

const differences =
  (change: (difference: tf.Tensor) => tf.Tensor) =>
  (labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor => {
    const { targets, given } = checkedRows('an error', labels, outputs);
    return meanPerRow(change(tf.sub(targets, given)));
  };

const meanPerRow = (rows: tf.Tensor): tf.Tensor => tf.mean(rows, 1);
