// Clipping to a quantile of the clients' own norms, which the server follows from round to round: Andrew, Thakkar,
// McMahan, Ramaswamy, "Differentially Private Learning with Adaptive Clipping", NeurIPS 2021, Algorithm 1, without its
// noise. The server learns the share of clients within the bound, not their norms.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AggregationProcess,
  federatedBroadcast,
  federatedMap,
  federatedMean,
  federatedValue,
  federatedZip,
  field,
  float32,
  type LocalComputation,
  type ServerValue,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { boundNorm, CLIP_NORM_RANGE } from '../structures/bound-norm.js';

export interface AdaptivelyClippedOptions {
  /** C of the first round, from 1e-30 to 1e38, within which C always stays; 0.1 by default. */
  readonly initialClipNorm?: number;
  /** γ, the share of clients that the bound is to leave as they are, from 0 to 1; 0.5 by default. */
  readonly targetQuantile?: number;
  /** η_C, how fast the bound moves, above 0; 0.2 by default. */
  readonly learningRate?: number;
}

/**
 * `inner` on updates of an L2 norm of at most C, which moves by C ← C · exp(−η_C (b − γ)) after each round, where b is
 * the share of clients within the bound; without clients it stays. Measures `clipNorm`, the C of the round, and
 * `within`, b. Clients bound their updates themselves, as with `clipped`: one that runs other code is not held to it.
 * Throws a `RangeError` if an option is out of its range.
 */
export function adaptivelyClipped(inner: Aggregator, options: AdaptivelyClippedOptions = {}): Aggregator {
  aggregatorKind('Cannot clip updates adaptively', 'the aggregator of clipped updates', inner);
  checkOptions('Cannot clip updates adaptively', options, {
    initialClipNorm: numberWithin(CLIP_NORM_RANGE),
    targetQuantile: numberWithin({ from: 0, to: 1, float32: true }),
    learningRate: numberWithin({ above: 0, float32: true }),
  });
  const { initialClipNorm = 0.1, targetQuantile = 0.5, learningRate = 0.2 } = options;
  const move = moveBound(targetQuantile, learningRate);
  const name = `adaptively clipped ${inner.name}`;
  return {
    name,
    create: (update) =>
      create({
        name,
        inner: aggregationBy(inner, update),
        update,
        move,
        initialClipNorm,
        ifEmpty: targetQuantile,
      }),
  };
}

interface Parts {
  readonly name: string;
  readonly inner: AggregationProcess;
  readonly update: Type;
  /** From a bound and the share within it to the next bound. */
  readonly move: LocalComputation;
  readonly initialClipNorm: number;
  /** The share within the bound of a round that no client took part in. */
  readonly ifEmpty: number;
}

function create({ name, inner, update, move, initialClipNorm, ifEmpty }: Parts): AggregationProcess {
  const clip = clipTo(update);
  return aggregationOf({
    name,
    update,
    start: () =>
      federatedZip({
        clipNorm: federatedValue(initialClipNorm, 'SERVER', float32()),
        inner: startOf(inner),
      }),
    step: (before, { value, weight }) => {
      const clipNorm = field(before, 'clipNorm') as ServerValue;
      const short = federatedMap(clip, { value, clipNorm: federatedBroadcast(clipNorm) });
      const step = stepOf(inner, field(before, 'inner') as ServerValue, {
        value: field(short, 'value'),
        weight,
      });
      const within = federatedMean(field(short, 'within'), { ifEmpty });
      return {
        state: federatedZip({ clipNorm: federatedMap(move, { clipNorm, within }), inner: step.state }),
        result: step.result,
        measurements: federatedZip({ clipNorm, within, inner: step.measurements }),
      };
    },
  });
}

/** (value, clipNorm) → the value within the bound, and 1 where it was so already, else 0. */
function clipTo(update: Type) {
  return localComputation(
    { value: update, clipNorm: float32() },
    (argument) => {
      const { value, clipNorm } = argument as {
        readonly value: TensorStructure;
        readonly clipNorm: tf.Tensor;
      };
      const bounded = boundNorm(value, clipNorm);
      return { value: bounded.value, within: tf.cast(tf.logicalNot(bounded.isLonger), 'float32') };
    },
    { name: 'clip to bound' },
  );
}

/** (clipNorm, within) → the bound of the next round. */
function moveBound(targetQuantile: number, learningRate: number): LocalComputation {
  return localComputation(
    { clipNorm: float32(), within: float32() },
    ({ clipNorm, within }) => {
      const moved = tf.mul(clipNorm, tf.exp(tf.mul(-learningRate, tf.sub(within, targetQuantile))));
      return tf.clipByValue(moved, CLIP_NORM_RANGE.from, CLIP_NORM_RANGE.to);
    },
    { name: 'move bound' },
  );
}
