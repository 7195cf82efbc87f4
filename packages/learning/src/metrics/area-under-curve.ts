// The area under the ROC curve: how likely the score of a positive example is above that of a negative one, ties
// counting half (Hanley, McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic Curve",
// Radiology 1982). Pairs go across clients, so that scores are counted in bins, and those in one bin are tied.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkOptions, oneOf } from '@starling/federated-core/plan';
import { checkSizes } from '../losses/label-checks.js';
import { validLabels } from './class-flags.js';
import { binCount, inBins } from './score-bins.js';
import type { SumMetric } from './sum-metric.js';

export interface AreaUnderCurveOptions {
  /** Equal bins of the probability, from 0 to 1; 1024 by default. The area is exactly that of the binned scores. */
  readonly bins?: number;
  /** What the outputs are; `logits` by default, of which the sigmoid is taken. */
  readonly scores?: 'logits' | 'probabilities';
}

/** Labels: [B], 0 or 1. Outputs: [B] or [B, 1]. NaN without examples of both kinds. */
export function areaUnderCurve(options: AreaUnderCurveOptions = {}): SumMetric {
  checkOptions('Cannot make an area under the curve', options, {
    bins: binCount,
    scores: oneOf('logits', 'probabilities'),
  });
  const { bins = 1024, scores = 'logits' } = options;
  return {
    name: 'area under the curve',
    sums: int32(2, bins),
    terms: (labels, outputs) => {
      checkSizes('an area under the curve', labels, outputs);
      const [size] = outputs.shape as [number];
      const flat = tf.reshape(outputs, [size]);
      const placed = inBins(scores === 'logits' ? tf.sigmoid(flat) : flat, { from: 0, to: 1, bins });
      const isPositive = tf.cast(tf.greater(tf.cast(tf.reshape(labels, [size, 1]), 'float32'), 0.5), 'int32');
      const isNegative = tf.sub(tf.scalar(1, 'int32'), isPositive);
      return tf.stack([tf.mul(placed, isNegative), tf.mul(placed, isPositive)], 1);
    },
    valid: (labels, outputs) =>
      tf.logicalAnd(validLabels({}, labels), tf.logicalNot(tf.isNaN(tf.reshape(outputs, [-1])))),
    result: (sums) => {
      const [negatives, positives] = tf.unstack(tf.cast(sums, 'float32')) as [tf.Tensor, tf.Tensor];
      const below = tf.sub(tf.cumsum(negatives), tf.div(negatives, 2));
      const won = tf.sum(tf.mul(positives, below));
      return tf.div(tf.div(won, tf.sum(positives)), tf.sum(negatives));
    },
  };
}
