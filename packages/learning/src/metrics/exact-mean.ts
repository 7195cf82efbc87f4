// The mean of a metric of one number an example, as integer sums: the same to the bit for every split of the examples.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkKind, checkOptions, numberWithin } from '@starling/federated-core/plan';
import { DIGITS, digitsOf, numberOf, RESOLUTION } from './fixed-point.js';
import type { Metric } from './metric.js';
import type { SumMetric } from './sum-metric.js';

export interface ResolutionOptions {
  /** What numbers are rounded to multiples of, above 0; 2⁻²⁴, about 6e-8, by default. Sums hold 8 million examples. */
  readonly resolution?: number;
}

/**
 * The mean of `metric`, each number rounded to the resolution: `exactMean(softmaxCrossentropy)`. A number that is not
 * finite makes the evaluation NaN.
 */
export function exactMean(metric: Metric, options: ResolutionOptions = {}): SumMetric {
  checkKind('Cannot make an exact mean', 'the metric', metric, {
    need: 'a function of labels and outputs, such as accuracy',
    fits: (value) => typeof value === 'function',
  });
  return meanOf('exact mean', metric, options, (mean) => mean);
}

/** `finish` of the mean of `metric`. */
export function meanOf(
  name: string,
  metric: Metric,
  options: ResolutionOptions,
  finish: (mean: tf.Tensor) => tf.Tensor,
): SumMetric {
  checkOptions(`Cannot make ${name}`, options, { resolution: numberWithin({ above: 0, float32: true }) });
  const { resolution = RESOLUTION } = options;
  const values = (labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor =>
    tf.cast(metric(labels, outputs), 'float32');
  return {
    name,
    sums: int32(DIGITS + 1),
    terms: (labels, outputs) => withCount(digitsOf(values(labels, outputs), resolution)),
    valid: (labels, outputs) => tf.isFinite(values(labels, outputs)),
    result: (sums) => finish(tf.divNoNan(numberOf(tf.slice(sums, 0, DIGITS), resolution), countOf(sums))),
  };
}

/** int32 [B, N] → [B, N + 1]: a last column of ones, whose sum is the number of examples. */
export function withCount(terms: tf.Tensor): tf.Tensor {
  const [size] = terms.shape as [number];
  return tf.concat([terms, tf.ones([size, 1], 'int32')], 1);
}

/** The last of the sums, float32. */
export function countOf(sums: tf.Tensor): tf.Tensor {
  return tf.cast(tf.squeeze(tf.slice(sums, sums.size - 1, 1)), 'float32');
}
