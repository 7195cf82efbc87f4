// The confusion matrix: how many examples of each class are taken for each.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { checkClassOptions, classFlags, validLabels } from './class-flags.js';
import type { SumMetric } from './sum-metric.js';

/**
 * int32 [C, C]: rows are what examples are, columns what they are taken for, the largest of the outputs [B, C]. With
 * many classes a batch costs B · C² numbers.
 */
export function confusionMatrix(options: { readonly classes: number }): SumMetric {
  const action = 'Cannot make a confusion matrix';
  checkOptions(action, options, { classes: { required: numberWithin({ whole: true, from: 2 }) } });
  checkClassOptions(action, options);
  const { classes } = options;
  return {
    name: 'confusion matrix',
    sums: int32(classes, classes),
    terms: (labels, outputs) => {
      const { actual, predicted } = classFlags('a confusion matrix', options, labels, outputs);
      return tf.mul(tf.expandDims(actual, 2), tf.expandDims(predicted, 1));
    },
    valid: (labels) => validLabels(options, labels),
    result: (sums) => sums,
  };
}
