// The contract of metrics that are more than a mean of one number an example: each example adds terms to sums, and the
// metric is worked out of the sums. So it is the same however the examples are spread over batches and clients, and to
// the bit where the terms are integers. `contract.ts` is the suite that every one of them passes.
import type { tf } from '@starling/compute';
import type { TensorType } from '@starling/federated-core';

/** `A`: what it is computed of; labels and outputs of a batch, or for a `functionModel` weights and a batch. */
export interface SumMetric<A extends readonly unknown[] = readonly [labels: tf.Tensor, outputs: tf.Tensor]> {
  readonly name: string;
  /** The type of the sums: int32, which are exact up to 2³¹, or float32. */
  readonly sums: TensorType<'int32' | 'float32'>;
  /** What each example adds: [B, …], of the type of the sums with a batch axis in front. Traced. */
  terms(...given: A): tf.Tensor;
  /** Which examples have a meaning: bool [B]; all by default. One that has none makes the evaluation NaN. Traced. */
  valid?(...given: A): tf.Tensor;
  /** The metric, of the sums over all examples; a scalar, or a tensor such as a matrix. Traced. */
  result(sums: tf.Tensor): tf.Tensor;
}

/** Whether a metric is made of sums, rather than a function of one number an example. */
export function isSumMetric<A extends readonly unknown[]>(metric: unknown): metric is SumMetric<A> {
  return typeof metric === 'object' && metric !== null && 'terms' in metric && 'sums' in metric;
}

/** A metric of labels and outputs for a `functionModel`: `read` gives both of weights and a batch. */
export function metricOn<W, B>(
  metric: SumMetric,
  read: (weights: W, batch: B) => { readonly labels: tf.Tensor; readonly outputs: tf.Tensor },
): SumMetric<readonly [weights: W, batch: B]> {
  const { name, sums, valid } = metric;
  const given = (weights: W, batch: B): readonly [tf.Tensor, tf.Tensor] => {
    const { labels, outputs } = read(weights, batch);
    return [labels, outputs];
  };
  return {
    name,
    sums,
    terms: (weights, batch) => metric.terms(...given(weights, batch)),
    ...(valid === undefined
      ? {}
      : { valid: (weights: W, batch: B) => valid.call(metric, ...given(weights, batch)) }),
    result: (all) => metric.result(all),
  };
}
