// Top-k accuracy: the share of examples whose label is among the k largest outputs, as integer sums.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { checkClassShapes, checkedClasses } from '../losses/label-checks.js';
import { countOf, withCount } from './exact-mean.js';
import type { SumMetric } from './sum-metric.js';

/**
 * Labels: classes [B], from 0 to C − 1. Outputs: scores [B, C]. A label is among the k largest if fewer than k scores
 * are above its own. A label that is no class makes the evaluation NaN.
 */
export function topKAccuracy(options: { readonly k: number }): SumMetric {
  checkOptions('Cannot make a top-k accuracy', options, { k: required(count) });
  const { k } = options;
  const name = `top-${k} accuracy`;
  return {
    name,
    sums: int32(2),
    terms: (labels, outputs) => {
      checkClassShapes(name, labels, outputs);
      const classes = outputs.shape.at(-1) as number;
      const { targets, valid } = checkedClasses(labels, classes);
      // Chosen, not multiplied: 0 times the −∞ of a masked class is NaN.
      const isOwn = tf.cast(tf.oneHot(tf.mul(targets, tf.cast(valid, 'int32')), classes), 'bool');
      const own = tf.sum(tf.where(isOwn, outputs, tf.zerosLike(outputs)), -1, true);
      const above = tf.sum(tf.cast(tf.greater(outputs, own), 'int32'), -1);
      return withCount(tf.expandDims(tf.cast(tf.less(above, k), 'int32'), 1));
    },
    valid: (labels, outputs) => checkedClasses(labels, outputs.shape.at(-1) as number).valid,
    result: (sums) => tf.divNoNan(tf.cast(tf.squeeze(tf.slice(sums, 0, 1)), 'float32'), countOf(sums)),
  };
}
