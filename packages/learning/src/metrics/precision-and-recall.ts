// Precision, recall and F1, of counts: of those taken for a class, of those that are one, and of those that are both.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { type ClassOptions, checkClassOptions, classFlags, validLabels } from './class-flags.js';
import type { SumMetric } from './sum-metric.js';

/** Of the examples taken for 1, the share that are; with `classes`, the mean over them. 0 if none is taken for it. */
export function precision(options: ClassOptions = {}): SumMetric {
  return ofCounts('precision', options, ({ both, predicted }) => tf.divNoNan(both, predicted));
}

/** Of the examples that are 1, the share taken for it; with `classes`, the mean over them. 0 if there are none. */
export function recall(options: ClassOptions = {}): SumMetric {
  return ofCounts('recall', options, ({ both, actual }) => tf.divNoNan(both, actual));
}

/** 2 · precision · recall / (precision + recall); with `classes`, the mean over them. 0 where both are 0. */
export function f1Score(options: ClassOptions = {}): SumMetric {
  return ofCounts('F1', options, ({ both, actual, predicted }) =>
    tf.divNoNan(tf.mul(both, 2), tf.add(actual, predicted)),
  );
}

type Counts = Readonly<Record<'both' | 'actual' | 'predicted', tf.Tensor>>;

/** The mean over classes of what `share` makes of the counts of each, float32 [C]. */
function ofCounts(name: string, options: ClassOptions, share: (counts: Counts) => tf.Tensor): SumMetric {
  checkClassOptions(`Cannot make ${name}`, options);
  const { classes = 1 } = options;
  return {
    name,
    sums: int32(3, classes),
    terms: (labels, outputs) => {
      const { actual, predicted } = classFlags(name, options, labels, outputs);
      return tf.stack([tf.mul(actual, predicted), actual, predicted], 1);
    },
    valid: (labels) => validLabels(options, labels),
    result: (sums) => {
      const [both, actual, predicted] = tf.unstack(tf.cast(sums, 'float32')) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      return tf.mean(share({ both, actual, predicted }));
    },
  };
}
