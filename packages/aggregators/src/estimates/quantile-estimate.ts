// A quantile of what clients measure, which the server follows without seeing a measurement: Andrew, Thakkar, McMahan,
// Ramaswamy, "Differentially Private Learning with Adaptive Clipping", NeurIPS 2021, section 2, without its noise. With
// b the share of clients whose record is at most the estimate q, γ the quantile and η the learning rate:
//
//   geometric:   q ← q · exp(−η (b − γ))
//   arithmetic:  q ← q − η (b − γ)
import { localComputation, tf } from '@starling/compute';
import {
  type AnyServerValue,
  atClients,
  atServer,
  type EstimationProcess,
  estimationProcess,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedValue,
  federatedZip,
  float32,
} from '@starling/federated-core';
import { checkOptions, numberWithin, oneOf, required } from '@starling/federated-core/plan';
import { CLIP_NORM_RANGE } from '../structures/bound-norm.js';
import type { Estimate } from './estimate.js';

export interface QuantileEstimateOptions {
  /** q of the first round, from 1e-30 to 1e38, within which q always stays. */
  readonly initial: number;
  /** γ, the share of records that are to be at most q, from 0 to 1. */
  readonly target: number;
  /** η, how fast q moves, above 0. */
  readonly learningRate: number;
  /** `geometric` by default: q stays above 0, and finds its order of magnitude fast. */
  readonly steps?: 'geometric' | 'arithmetic';
  /** What is reported is `multiplier` · q + `increment`; 1 and 0 by default. */
  readonly multiplier?: number;
  readonly increment?: number;
}

/**
 * An estimate of a quantile of the clients' records, such as the norms of their updates. In a round without clients it
 * stays. Its metrics are `within`, b. Throws a `RangeError` if an option is out of its range.
 */
export function quantileEstimate(options: QuantileEstimateOptions): Estimate {
  checkOptions('Cannot estimate a quantile', options, {
    initial: required(numberWithin(CLIP_NORM_RANGE)),
    target: required(numberWithin({ from: 0, to: 1, float32: true })),
    learningRate: required(numberWithin({ above: 0, float32: true })),
    steps: oneOf('geometric', 'arithmetic'),
    multiplier: numberWithin({ above: 0, float32: true }),
    increment: numberWithin({ from: 0, float32: true }),
  });
  return { name: 'quantile estimate', create: () => create(options) };
}

function create(options: QuantileEstimateOptions): EstimationProcess {
  const { initial, target, learningRate, steps = 'geometric', multiplier = 1, increment = 0 } = options;
  const isWithin = localComputation(
    { record: float32(), quantile: float32() },
    ({ record, quantile }) => tf.cast(tf.lessEqual(record, quantile), 'float32'),
    { name: 'within quantile' },
  );
  const move = localComputation(
    { quantile: float32(), within: float32() },
    ({ quantile, within }) => {
      const step = tf.mul(-learningRate, tf.sub(within, target));
      const moved = steps === 'geometric' ? tf.mul(quantile, tf.exp(step)) : tf.add(quantile, step);
      return tf.clipByValue(moved, CLIP_NORM_RANGE.from, CLIP_NORM_RANGE.to);
    },
    { name: 'move quantile' },
  );
  const scale = localComputation(
    { quantile: float32() },
    ({ quantile }) => {
      const scaled = tf.add(tf.mul(quantile, multiplier), increment);
      return tf.clipByValue(scaled, CLIP_NORM_RANGE.from, CLIP_NORM_RANGE.to);
    },
    { name: 'scale quantile' },
  );
  const isPlain = multiplier === 1 && increment === 0;
  return estimationProcess({
    initialize: federatedComputation(null, () => federatedValue(initial, 'SERVER', float32()), {
      name: 'quantile estimate start',
    }),
    next: federatedComputation(
      { state: atServer(float32()), record: atClients(float32()) },
      ({ state, record }) => {
        const own = federatedMap(isWithin, { record, quantile: federatedBroadcast(state) });
        const within = federatedMean(own, { ifEmpty: target });
        return {
          state: federatedMap(move, { quantile: state, within }),
          metrics: federatedZip({ within }),
        };
      },
      { name: 'quantile estimate' },
    ),
    report: federatedComputation(
      { state: atServer(float32()) },
      ({ state }): AnyServerValue => (isPlain ? state : federatedMap(scale, { quantile: state })),
      { name: 'quantile' },
    ),
  } as never);
}
