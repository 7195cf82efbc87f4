// The metrics of a forward pass: one number an example of those whose mean is reported, and the terms of those that are
// made of sums.
import { tf } from '@starling/compute';
import { formatType, tensorType } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { isSumMetric, type SumMetric } from '../metrics/sum-metric.js';
import type { Tensors } from '../tensors/tensors.js';
import type { Batch, ForwardPass, Model } from './model.js';
import { perExample } from './per-example.js';

/** What measures, of the arguments `A`: one number an example, or a metric of sums. */
export type Measure<A extends readonly unknown[]> = ((...given: A) => tf.Tensor) | SumMetric<A>;

/** Calls `compute`, a part of the metric that `what` names, and checks that it gives a tensor. */
export type Ask<A extends readonly unknown[]> = (
  what: string,
  compute: (...given: A) => tf.Tensor,
) => tf.Tensor;

/** The metrics of a batch; throws a `RangeError` if one has not a number, or its terms, for each example. */
export function measure<A extends readonly unknown[]>(
  model: string,
  metrics: { readonly [name: string]: Measure<A> },
  batch: Batch,
  ask: Ask<A>,
): Pick<ForwardPass, 'metrics' | 'valid'> {
  const measured: Record<string, tf.Tensor> = {};
  const valid: tf.Tensor[] = [];
  for (const [name, metric] of Object.entries(metrics)) {
    const what = `its metric '${name}'`;
    if (isSumMetric<A>(metric)) {
      measured[name] = checkedTerms(
        model,
        what,
        metric,
        ask(what, (...given) => metric.terms(...given)),
      );
      if (metric.valid !== undefined) valid.push(ask(what, (...given) => metric.valid!(...given)));
    } else measured[name] = perExample(model, what, ask(what, metric), batch);
  }
  const [first, ...others] = valid;
  if (first === undefined) return { metrics: measured };
  return { metrics: measured, valid: others.reduce((all, next) => tf.logicalAnd(all, next), first) };
}

/** The metrics that are made of sums, for `Model.sumMetrics`. */
export function sumMetricsOf<A extends readonly unknown[]>(metrics: {
  readonly [name: string]: Measure<A>;
}): Required<Pick<Model, 'sumMetrics'>> | Record<string, never> {
  const sums = Object.entries(metrics).filter(([, metric]) => isSumMetric(metric)) as [
    string,
    SumMetric<A>,
  ][];
  return sums.length === 0 ? {} : { sumMetrics: Object.fromEntries(sums) };
}

/** One number an example of what a metric gives for it, whatever its terms: what the check of rows compares. */
export function numberPerRow<A extends readonly unknown[]>(metric: Measure<A>): (...given: A) => tf.Tensor {
  if (!isSumMetric<A>(metric)) return metric;
  return (...given) => {
    const terms = metric.terms(...given);
    const [size] = terms.shape as [number];
    const flat = tf.reshape(tf.cast(terms, 'float32'), [size, -1]);
    return tf.sum(tf.mul(flat, tf.range(1, (flat.shape[1] as number) + 1)), 1);
  };
}

/** The sums of terms over the rows where `mask` is 1. */
export function sumOfTerms(terms: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const ones = tf.reshape(mask, [...mask.shape, ...terms.shape.slice(1).map(() => 1)]);
  return tf.sum(tf.mul(terms, tf.cast(ones, terms.dtype)), 0);
}

/** What a model reports of the sums of its metrics, each by its name. */
export function resultsOfSums({ sumMetrics = {} }: Model, sums: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(sumMetrics).map(([name, metric]) => [name, metric.result(sums[name] as tf.Tensor)]),
  );
}

function checkedTerms<A extends readonly unknown[]>(
  model: string,
  what: string,
  { sums }: SumMetric<A>,
  terms: tf.Tensor,
): tf.Tensor {
  const [, ...shape] = terms.shape;
  if (terms.dtype === sums.dtype && `${shape}` === `${sums.shape}`) return terms;
  const got = formatType(tensorType(terms.dtype as 'int32', terms.shape));
  throw optionError(
    `Cannot measure ${model}: ${what} must give terms [batch, ${sums.shape.join(', ')}] of ${sums.dtype}, got ${got}`,
  );
}
