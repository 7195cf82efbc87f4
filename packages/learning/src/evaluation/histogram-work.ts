// How clients differ, by sums alone: each client counts itself into a bin by its own mean of a metric, and quantiles
// follow from the counts.
import { localComputation, tf } from '@starling/compute';
import { int32, type LocalComputation, type StructType, struct } from '@starling/federated-core';
import { checkOptions, count, numberWithin, optionError, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { meansOfTotals, totalsType } from '../work/totals.js';

/** Equal bins; what lies below the first is counted there, what lies above the last in that. */
export interface HistogramBins {
  readonly from: number;
  readonly to: number;
  /** How many. */
  readonly bins: number;
}

/** Bins by the name of a metric of the model, or `loss`. */
export type Histograms = { readonly [metric: string]: HistogramBins };

/** Throws a `RangeError` for a metric that there is not, or bins that are none. */
export function checkHistograms(action: string, { metrics }: Model, histograms: Histograms): void {
  const names = ['loss', ...metrics];
  for (const [name, bins] of Object.entries(histograms)) {
    if (!names.includes(name)) {
      throw optionError(`${action}: distribution needs one of ${names.join(', ')}, got '${name}'`);
    }
    const what = `${action}: bins of ${name}`;
    checkOptions(what, bins, {
      from: required(numberWithin({})),
      to: required(numberWithin({ above: bins.from })),
      bins: required(count),
    });
  }
}

/** (totals of a client) → for each metric int32[bins], 1 in the client's bin; all 0 for a client without examples. */
export function histogramWork(model: Model, histograms: Histograms): LocalComputation {
  return localComputation(
    { totals: totalsType(model) },
    (argument) => {
      const { examples, ...means } = meansOfTotals((argument as { readonly totals: Tensors }).totals);
      const counted = Object.entries(histograms).map(([name, bins]) => {
        const mean = (means as Tensors)[name] as tf.Tensor;
        const counts = tf.logicalAnd(tf.greater(examples as tf.Tensor, 0), tf.logicalNot(tf.isNaN(mean)));
        return [name, tf.mul(tf.cast(counts, 'int32'), tf.cast(oneHot(mean, bins), 'int32'))] as const;
      });
      return Object.fromEntries(counted);
    },
    { name: 'histogram' },
  );
}

function oneHot(value: tf.Tensor, { from, to, bins }: HistogramBins): tf.Tensor {
  const known = tf.where(tf.isNaN(value), tf.zerosLike(value), value);
  const place = tf.floor(tf.mul(tf.div(tf.sub(known, from), to - from), bins));
  return tf.equal(tf.range(0, bins), tf.clipByValue(place, 0, bins - 1));
}

/**
 * (counts by metric) → for each metric `counts`, and float32 `quantiles`: the values below which these shares of the
 * clients lie, if they are spread evenly over each bin; NaN where no client counts.
 */
export function quantilesWork(histograms: Histograms, quantiles: readonly number[]): LocalComputation {
  const types = Object.entries(histograms).map(([name, { bins }]) => [name, int32(bins)] as const);
  return localComputation(
    { counts: struct(Object.fromEntries(types)) as StructType },
    (argument) => {
      const { counts } = argument as unknown as { readonly counts: Tensors };
      const found = Object.entries(histograms).map(([name, bins]) => {
        const own = counts[name] as tf.Tensor;
        const values = quantiles.map((share) => quantile(tf.cast(own, 'float32'), bins, share));
        return [name, { counts: own, quantiles: tf.stack(values) }] as const;
      });
      return Object.fromEntries(found);
    },
    { name: 'quantiles' },
  );
}

function quantile(counts: tf.Tensor, { from, to, bins }: HistogramBins, share: number): tf.Tensor {
  const upTo = tf.cumsum(counts);
  const all = tf.sum(counts);
  const wanted = tf.mul(all, share);
  const isReached = tf.logicalAnd(tf.greaterEqual(upTo, wanted), tf.greater(counts, 0));
  const bin = tf.argMax(tf.cast(isReached, 'int32'));
  const within = tf.div(tf.sub(wanted, tf.sub(upTo, counts)), tf.maximum(counts, 1));
  const places = tf.add(tf.range(0, bins), tf.clipByValue(within, 0, 1));
  const value = tf.add(from, tf.mul(tf.gather(places, bin), (to - from) / bins));
  return tf.where(tf.greater(all, 0), value, tf.fill([], Number.NaN));
}
