// Clipping: an update longer than a bound is shortened to it, so that no client moves the aggregate too far (the
// first step of DP-FedAvg: McMahan, Ramage, Talwar, Zhang, "Learning Differentially Private Recurrent Language
// Models", ICLR 2018, Algorithm 1, flat clipping).
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AggregationProcess,
  federatedMap,
  federatedSum,
  federatedZip,
  field,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { boundNorm, CLIP_NORM_RANGE } from '../structures/bound-norm.js';

/**
 * `inner` on updates whose L2 norm over all their tensors, computed exactly, is at most `clipNorm`; longer ones are
 * scaled down. Measures `clipped`, the number of clients that were. The bound is computed in the client's own graph: a
 * client that runs other code is not held to it. The server checks of an update only that it is finite, and that its
 * weight is not below 0. Throws a `RangeError` unless `clipNorm` is from 1e-30 to 1e38.
 */
export function clipped(inner: Aggregator, options: { readonly clipNorm: number }): Aggregator {
  aggregatorKind('Cannot clip updates', 'the aggregator of clipped updates', inner);
  checkOptions('Cannot clip updates', options, { clipNorm: required(numberWithin(CLIP_NORM_RANGE)) });
  const { clipNorm } = options;
  const name = `clipped ${inner.name}`;
  return { name, create: (update) => create(name, aggregationBy(inner, update), update, clipNorm) };
}

function create(name: string, inner: AggregationProcess, update: Type, clipNorm: number): AggregationProcess {
  const clip = localComputation(
    { value: update },
    (argument) => {
      const { value } = argument as { readonly value: TensorStructure };
      const bounded = boundNorm(value, clipNorm);
      return { value: bounded.value, clipped: tf.cast(bounded.isLonger, 'int32') };
    },
    { name: 'clip' },
  );
  return aggregationOf({
    name,
    update,
    start: () => startOf(inner),
    step: (before, { value, weight }) => {
      const short = federatedMap(clip, { value });
      const { state, result, measurements } = stepOf(inner, before, { value: field(short, 'value'), weight });
      const count = federatedSum(field(short, 'clipped'));
      return { state, result, measurements: federatedZip({ clipped: count, inner: measurements }) };
    },
  });
}
