// Clipping: an update longer than a bound is shortened to it, so that no client moves the aggregate too far (the
// first step of DP-FedAvg: McMahan, Ramage, Talwar, Zhang, "Learning Differentially Private Recurrent Language
// Models", ICLR 2018, Algorithm 1, flat clipping). The bound is a number, or an estimate that follows the clients'
// norms (Andrew, Thakkar, McMahan, Ramaswamy, NeurIPS 2021).
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AggregationProcess,
  type AnyServerValue,
  federatedBroadcast,
  federatedMap,
  federatedSum,
  federatedZip,
  field,
  float32,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import {
  type Bound,
  boundWithin,
  type Estimate,
  estimateIn,
  estimationBy,
  refine,
} from '../estimates/estimate.js';
import { boundNorm, CLIP_NORM_RANGE } from '../structures/bound-norm.js';

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
      const process = aggregationBy(inner, update);
      return isFixed ? fixed(name, process, update, norm) : estimated(name, process, update, norm);
    },
  };
}

function fixed(name: string, inner: AggregationProcess, update: Type, norm: number): AggregationProcess {
  const clip = localComputation(
    { value: update },
    (argument) => {
      const { value } = argument as { readonly value: TensorStructure };
      const bounded = boundNorm(value, norm);
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

function estimated(
  name: string,
  inner: AggregationProcess,
  update: Type,
  estimate: Estimate,
): AggregationProcess {
  const estimation = estimationBy(estimate);
  const clip = localComputation(
    { value: update, norm: float32() },
    (argument) => {
      const { value, norm } = argument as { readonly value: TensorStructure; readonly norm: tf.Tensor };
      const bounded = boundNorm(value, norm);
      return { value: bounded.value, clipped: tf.cast(bounded.isLonger, 'int32'), norm: bounded.norm };
    },
    { name: 'clip to bound' },
  );
  return aggregationOf({
    name,
    update,
    start: () => federatedZip({ norm: startOf(estimation), inner: startOf(inner) }),
    step: (before, { value, weight }) => {
      const known = field(before, 'norm') as AnyServerValue;
      const norm = estimateIn(estimation, known);
      const short = federatedMap(clip, { value, norm: federatedBroadcast(norm) });
      const { state, result, measurements } = stepOf(inner, field(before, 'inner') as AnyServerValue, {
        value: field(short, 'value'),
        weight,
      });
      const next = refine(estimation, known, field(short, 'norm'));
      const count = federatedSum(field(short, 'clipped'));
      return {
        state: federatedZip({ norm: next.state, inner: state }),
        result,
        measurements: federatedZip({ norm, clipped: count, estimate: next.metrics, inner: measurements }),
      };
    },
  });
}
