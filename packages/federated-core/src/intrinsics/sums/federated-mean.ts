// `federatedMean`: the mean of the clients' values, each counting by its weight.

import { weightScale } from '../../aggregations/weight-scale.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { EmptyAggregateError, StarlingError } from '../../errors/starling-error.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import type { Disclosure, Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { type IfEmpty, ifEmptyLeaves } from '../framework/if-empty.js';
import { checkedOptions } from '../framework/options.js';
import { finite, type Numbers, numbersOf, sameShapes, tensorOf } from '../framework/reference.js';
import type { Averageable, Weight } from '../framework/requirements.js';
import { contributions } from '../framework/updates.js';
import { meanOf, type WeightedRow, weightedSums } from './reference-mean.js';

export const federatedMeanDefinition: AggregateIntrinsic = {
  name: 'federatedMean',
  usage: 'federatedMean(value, { weight?, ifEmpty? })',
  role: 'aggregate',
  revealing: false,
  summary: 'Averages the clients’ values, each counting by its weight (1 where none is given).',
  signatures: ['({T}@CLIENTS -> T@SERVER)', '(<{T}@CLIENTS,{W}@CLIENTS> -> T@SERVER)'],
  labels: ['its value', 'weight'],
  where: { T: 'averageable', W: 'weight' },
  edgeCases:
    'No clients, or a total weight of 0: the round fails, or gives `ifEmpty`. A negative or non-finite weight refuses that client’s update. All that count must be of one shape, the empty included.',
  kinds: ['mean', 'weighted-mean'],
  kind: (call) => (call.arguments.length === 2 ? 'weighted-mean' : 'mean'),
  refuses: (call, update) => weightIn(call)(update) < 0,
  reference(call, lanes) {
    const weightOf = weightIn(call);
    // A client of weight 0 counts for nothing, whatever its shape.
    const counting = lanes.map((lane) => lane.filter((update) => weightOf(update) > 0));
    const [first] = sameShapes(counting);
    if (first === undefined) {
      if (call.settings.ifEmpty !== undefined) return call.settings.ifEmpty;
      throw new EmptyAggregateError(
        'Cannot evaluate federatedMean: need a total weight above 0, got 0; give { ifEmpty } for a value',
      );
    }
    const scaleOf = weightScale(contributions(call).flatMap(({ type }) => leafTypes(type)));
    const rowsOf = (numbersOfUpdate: (update: readonly Tensor[]) => Numbers) =>
      counting.map((lane) =>
        lane.map((update): WeightedRow => ({ weight: weightOf(update), numbers: numbersOfUpdate(update) })),
      );
    const [total] = weightedSums(
      rowsOf(() => [1]),
      scaleOf,
    );
    const means = leafTypes(call.type).map((type, leaf) => {
      const sums = weightedSums(
        rowsOf((update) => numbersOf(update[leaf]!)),
        scaleOf,
      );
      return tensorOf(
        type,
        first[leaf]!.shape,
        sums.map((one) => meanOf(type, one, total!)),
      );
    });
    return finite(call.intrinsic, means);
  },
};

/** Reads the weight of an update of this call: its last leaf, or 1. */
function weightIn(call: IntrinsicExpression): (update: readonly Tensor[]) => number {
  return call.arguments.length === 2 ? (update) => Number(update.at(-1)!.data[0]) : () => 1;
}

export interface MeanOptions<M extends Type = Type, W extends Type = Type, E extends Disclosure = Disclosure>
  extends IfEmpty<M> {
  /** How much each client's value counts: one number with each client, at least 0. By default each counts 1. */
  readonly weight?: (AnyClientsValue<W, E> & Weight<W>) | undefined;
}

/**
 * The mean of the clients' values, weighted by `weight`. When no client reports or all weights are 0, the round fails
 * with an `EmptyAggregateError` and the state is kept; with `ifEmpty`, that value is given instead.
 */
export function federatedMean<
  M extends Type,
  D extends Disclosure,
  W extends Type = Type,
  E extends Disclosure = 'aggregated',
>(value: AnyClientsValue<M, D> & Averageable<M>, options: MeanOptions<M, W, E> = {}): ServerResult<M, D | E> {
  const { weight } = checkedOptions('federatedMean', options, ['weight', 'ifEmpty']);
  if (weight === undefined && Object.hasOwn(options, 'weight')) {
    throw new StarlingError(
      'bad-setting',
      `Cannot apply federatedMean: weight must be a federated value, got undefined. A field of a federated value is field(value, 'name'); without a weight all count alike, and the option is left out${atLocation(sourceLocation())}`,
    );
  }
  const values = weight === undefined ? [value] : [value, weight];
  return applyIntrinsic(
    federatedMeanDefinition,
    values,
    ifEmptyLeaves(federatedMeanDefinition.name, value, options),
  );
}
