// Clipping: an update longer than a bound is shortened to it, so that no client moves the aggregate too far (the
// first step of DP-FedAvg: McMahan, Ramage, Talwar, Zhang, "Learning Differentially Private Recurrent Language
// Models", ICLR 2018, Algorithm 1, flat clipping). The bound is a number, or an estimate that follows the clients'
// norms (Andrew, Thakkar, McMahan, Ramaswamy, NeurIPS 2021).
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type ClientsValue,
  federatedMap,
  field,
  float32,
  type LocalComputation,
  type Type,
} from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { type Bound, boundWithin } from '../estimates/estimate.js';
import { boundNorm, CLIP_NORM_RANGE } from '../structures/bound-norm.js';
import { withinBound } from './within-bound.js';

export interface ClippedOptions {
  /** The greatest L2 norm: a number from 1e-30 to 1e38, or an estimate of one, such as `quantileEstimate({ … })`. */
  readonly norm: Bound;
}

/**
 * `inner` on updates whose L2 norm over all their tensors, computed exactly, is at most `norm`; longer ones are scaled
 * down. Measures `clipped`, the number of clients that were, and with an estimate `norm`, the bound of the round, and
 * `estimate`, what that measures. The bound is computed in the client's own graph: a client that runs other code is not
 * held to it, and `boundedMean` holds those. The server checks of an update only that it is finite, and that its weight
 * is not below 0. Throws a `RangeError` unless `norm` is within its range.
 */
export function clipped(inner: Aggregator, options: ClippedOptions): Aggregator {
  aggregatorKind('Cannot clip updates', 'the aggregator of clipped updates', inner);
  checkOptions('Cannot clip updates', options, { norm: required(boundWithin(CLIP_NORM_RANGE)) });
  const { norm } = options;
  const name = `clipped ${inner.name}`;
  const isFixed = typeof norm === 'number';
  return {
    name,
    ...wrapperFacts(inner, { order: 2, bound: isFixed ? norm : null }),
    create: (update) => {
      const short = isFixed ? shortened(update, norm) : shortenedTo(update);
      return withinBound({
        name,
        update,
        inner: aggregationBy(inner, update),
        bound: norm,
        counts: 'clipped',
        screen: ({ value, weight, norm: bound }) => {
          const from = federatedMap(short, { value, ...(bound && { norm: bound }) } as never) as ClientsValue;
          return { value: field(from, 'value') as ClientsValue, weight, from };
        },
      });
    },
  };
}

function shortened(update: Type, norm: number): LocalComputation {
  return localComputation(
    { value: update },
    (argument) => {
      const { value } = argument as { readonly value: TensorStructure };
      const bounded = boundNorm(value, norm);
      return { value: bounded.value, clipped: tf.cast(bounded.isLonger, 'int32') };
    },
    { name: 'clip' },
  ) as LocalComputation;
}

function shortenedTo(update: Type): LocalComputation {
  return localComputation(
    { value: update, norm: float32() },
    (argument) => {
      const { value, norm } = argument as { readonly value: TensorStructure; readonly norm: tf.Tensor };
      const bounded = boundNorm(value, norm);
      return { value: bounded.value, clipped: tf.cast(bounded.isLonger, 'int32'), norm: bounded.norm };
    },
    { name: 'clip to bound' },
  ) as LocalComputation;
}
