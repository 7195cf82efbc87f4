// The mean of the clients' updates: the aggregation of FedAvg (McMahan et al., AISTATS 2017, Algorithm 1), where an
// update counts by its number of examples. A mean is two sums: of values times weights, and of weights. Either can be
// an aggregator of its own, so that sums which are compressed, secure or noised go underneath.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AggregationProcess,
  type AnyServerValue,
  clientParts,
  federatedMap,
  federatedMean,
  federatedZip,
  field,
  float32,
  type LocalComputation,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { stateless } from '../aggregator/stateless.js';
import { mapStructure } from '../structures/structures.js';
import { sumAggregator } from '../sums/sum-aggregator.js';

export interface MeanAggregatorOptions {
  /** Whether updates count by the weight that is sent with them (the default), or the same wherever that is above 0. */
  readonly weighted?: boolean;
  /** How values times weights are added up. By default exactly, in float64. */
  readonly valueSum?: Aggregator;
  /** How weights are added up. By default exactly, in float64. */
  readonly weightSum?: Aggregator;
}

/**
 * Averages updates. A weight of 0 counts for nothing, weighted or not. Without a client, or with a total weight of 0,
 * the round fails with an `EmptyAggregateError` and the state is kept; with sums of your own the quotient is then NaN,
 * and the round fails for that. With those, values are multiplied by weights in float32, on the clients. Throws a
 * `RangeError` unless `weighted` is true or false, and the sums are aggregators.
 */
export function meanAggregator(options: MeanAggregatorOptions = {}): Aggregator {
  checkOptions('Cannot average updates', options, {
    weighted: kinds.flag,
    valueSum: aggregatorKind,
    weightSum: aggregatorKind,
  });
  const { weighted = true, valueSum, weightSum } = options;
  if (valueSum === undefined && weightSum === undefined) return exactMean(weighted);
  return meanOfSums(weighted, valueSum ?? sumAggregator(), weightSum ?? sumAggregator());
}

function exactMean(weighted: boolean): Aggregator {
  const name = weighted ? 'weighted mean' : 'mean';
  return {
    name,
    reveals: 'sums',
    sensitivity: null,
    create: (update) =>
      stateless(name, update, ({ value, weight }) =>
        federatedMean(value, { weight: weighted ? weight : federatedMap(signOfWeight, { weight }) }),
      ),
  };
}

function meanOfSums(weighted: boolean, valueSum: Aggregator, weightSum: Aggregator): Aggregator {
  const name = `${weighted ? 'weighted mean' : 'mean'} of ${valueSum.name} by ${weightSum.name}`;
  const shown = [valueSum.reveals, weightSum.reveals];
  return {
    name,
    reveals: shown.find((one) => one === 'updates') ?? shown.find((one) => one === 'sample') ?? 'sums',
    sensitivity: weighted ? null : valueSum.sensitivity,
    ...(valueSum.accumulates && { accumulates: true }),
    create: (update) =>
      twoSums(name, update, weighted, aggregationBy(valueSum, update), aggregationBy(weightSum, float32())),
  };
}

function twoSums(
  name: string,
  update: Type,
  weighted: boolean,
  values: AggregationProcess,
  weights: AggregationProcess,
): AggregationProcess {
  const weigh = localComputation(
    { value: update, weight: float32() },
    (argument) => {
      const { value, weight: given } = argument as unknown as WeighedValue;
      const weight = weighted ? given : tf.sign(given);
      return { value: mapStructure((tensor) => tf.mul(tensor, weight), value), weight };
    },
    { name: 'weigh' },
  );
  const divide = localComputation(
    { value: update, weight: float32() },
    (argument) => {
      const { value, weight } = argument as unknown as WeighedValue;
      return mapStructure((tensor) => tf.div(tensor, weight), value);
    },
    { name: 'divide by weight' },
  );
  const kept = clientParts({ values, weights });
  return aggregationOf({
    name,
    update,
    start: () => federatedZip({ values: startOf(values), weights: startOf(weights) }),
    startClient: kept.start,
    step: (before, given) => {
      const { value, weight } = given;
      const sent = federatedMap(weigh, { value, weight });
      const own = { value: field(sent, 'value'), weight: field(sent, 'weight') };
      const sum = stepOf(values, field(before, 'values') as AnyServerValue, {
        ...own,
        clientState: kept.of(given, 'values'),
      });
      const total = stepOf(weights, field(before, 'weights') as AnyServerValue, {
        value: own.weight,
        weight: own.weight,
        clientState: kept.of(given, 'weights'),
      });
      return {
        state: federatedZip({ values: sum.state, weights: total.state }),
        ...kept.join({ values: sum, weights: total }),
        result: federatedMap(divide, { value: sum.result, weight: total.result }),
        measurements: federatedZip({ values: sum.measurements, weights: total.measurements }),
      };
    },
  });
}

interface WeighedValue {
  readonly value: TensorStructure;
  readonly weight: tf.Tensor;
}

/** 1 where a weight is above 0, and 0 where it is 0; NaN and negative weights stay what they are, and are refused. */
export const signOfWeight: LocalComputation = localComputation(
  { weight: float32() },
  ({ weight }) => tf.sign(weight),
  { name: 'sign of weight' },
);
