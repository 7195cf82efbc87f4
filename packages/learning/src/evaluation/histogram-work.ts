// How clients differ, by sums alone: each client counts itself into a bin by its own mean of a metric, and adds that
// mean to the sum of the bin. Quantiles follow from the counts, and means over parts of the clients from the sums.
import { localComputation, tf } from '@starling/compute';
import { float32, int32, type LocalComputation, type StructType, struct } from '@starling/federated-core';
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
export function checkHistograms(
  action: string,
  { metrics, sumMetrics = {} }: Model,
  histograms: Histograms,
): void {
  const isScalar = (name: string): boolean => {
    const metric = sumMetrics[name];
    if (metric === undefined) return true;
    const result = metric.result(tf.zeros([...(metric.sums.shape as number[])], metric.sums.dtype));
    return result.rank === 0 && result.dtype === 'float32';
  };
  const names = ['loss', ...metrics.filter(isScalar)];
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

/** What a client adds for a metric, and what the sums over clients are. */
const spreadType = ({ bins }: HistogramBins) =>
  struct({ counts: int32(bins), sums: float32(bins), squares: float32() });

/**
 * (totals of a client) → for each metric `counts` with 1 in the client's bin, `sums` with its mean there, and the
 * square of that as `squares`; all 0 for a client without examples.
 */
export function histogramWork(model: Model, histograms: Histograms): LocalComputation {
  return localComputation(
    { totals: totalsType(model) },
    (argument) => {
      const { totals } = argument as { readonly totals: Tensors };
      const { examples, ...means } = meansOfTotals(model, totals);
      const counted = Object.entries(histograms).map(([name, bins]) => {
        const mean = (means as Tensors)[name] as tf.Tensor;
        const isCounted = tf.logicalAnd(tf.greater(examples as tf.Tensor, 0), tf.logicalNot(tf.isNaN(mean)));
        const place = tf.logicalAnd(oneHot(mean, bins), isCounted);
        const sums = tf.where(place, mean, tf.zeros([bins.bins]));
        const squares = tf.square(tf.sum(sums));
        return [name, { counts: tf.cast(place, 'int32'), sums, squares }] as const;
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

/** Of the clients, at either end of a distribution. */
const TAIL = 0.1;

/**
 * (sums over clients, by metric) → for each metric how its clients differ, as `federatedEvaluation` gives it: NaN where
 * no client counts.
 */
export function spreadWork(histograms: Histograms, quantiles: readonly number[]): LocalComputation {
  const types = Object.entries(histograms).map(([name, bins]) => [name, spreadType(bins)] as const);
  return localComputation(
    { spread: struct(Object.fromEntries(types)) as StructType },
    (argument) => {
      const { spread } = argument as unknown as { readonly spread: { readonly [name: string]: SpreadSums } };
      const found = Object.entries(histograms).map(([name, bins]) => {
        const { counts, sums, squares } = spread[name] as SpreadSums;
        const clients = tf.cast(counts, 'float32');
        const values = quantiles.map((share) => quantile(clients, bins, share));
        const moments = momentsOf(tf.sum(clients), tf.sum(sums), squares);
        const ends = { lowest: tailOf(clients, sums, false), highest: tailOf(clients, sums, true) };
        return [name, { counts, quantiles: tf.stack(values), ...moments, ...ends }] as const;
      });
      return Object.fromEntries(found);
    },
    { name: 'spread' },
  );
}

type SpreadSums = Readonly<Record<'counts' | 'sums' | 'squares', tf.Tensor>>;

function momentsOf(clients: tf.Tensor, sum: tf.Tensor, squares: tf.Tensor) {
  const mean = tf.div(sum, clients);
  return {
    mean,
    variance: tf.relu(tf.sub(tf.div(squares, clients), tf.square(mean))),
    jain: tf.div(tf.square(sum), tf.mul(clients, squares)),
  };
}

/** The mean over the tenth of the clients in the lowest bins, or in the highest; of a bin in part, its mean. */
function tailOf(clients: tf.Tensor, sums: tf.Tensor, isHighest: boolean): tf.Tensor {
  const share = tf.mul(tf.sum(clients), TAIL);
  const before = tf.cumsum(clients, 0, true, isHighest);
  const taken = tf.minimum(tf.relu(tf.sub(share, before)), clients);
  return tf.div(tf.sum(tf.mul(taken, tf.divNoNan(sums, clients))), share);
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
