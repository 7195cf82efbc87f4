// Zeroing: an update beyond a bound, or with an element that is not a finite number, is replaced by zeros. It keeps a
// faulty client, whose values are off by orders of magnitude, out of the aggregate.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type ClientsValue,
  federatedMap,
  field,
  float32,
  type LocalComputation,
  type Type,
} from '@starling/federated-core';
import { checkOptions, ofKind, oneOf, required } from '@starling/federated-core/plan';
import type { Aggregator, NormOrder } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { type Bound, boundWithin } from '../estimates/estimate.js';
import { normOf } from '../structures/norm-of.js';
import { leavesOf, mapStructure } from '../structures/structures.js';
import { withinBound } from './within-bound.js';

export interface ZeroedOptions {
  /** The greatest norm of an update: a number above 0, or an estimate of one, such as `quantileEstimate({ … })`. */
  readonly norm: Bound;
  /** Which norm: 1, 2, or by default `max`, the greatest absolute value of an element. */
  readonly order?: NormOrder;
  /**
   * What a zeroed client counts as. `exclude` (the default): its weight is 0, so that no mean counts it, weighted or
   * not. `count-as-zero`: it keeps its weight and so pulls means towards 0, as zeroing in TensorFlow Federated does.
   */
  readonly whenZeroed?: 'exclude' | 'count-as-zero';
}

/**
 * `inner` on updates whose norm is at most `norm`; others are replaced by zeros. Measures `zeroed`, the number of
 * clients that were, and with an estimate `norm`, the bound of the round, and `estimate`, what that measures. It sees
 * updates, and nothing else that a client sends: where the sums of its losses and metrics are not finite, as those of
 * `federatedAveraging` are after a NaN in its data or a label without a meaning, the client is refused as
 * `non-finite-update` before this counts. So it catches finite updates that are too large, and those that became NaN or
 * infinite after the last loss was taken. Clients check their updates themselves, as with `clipped`: one that runs
 * other code is not held to it. Throws a `RangeError` unless `norm` is finite and above 0.
 */
export function zeroed(inner: Aggregator, options: ZeroedOptions): Aggregator {
  aggregatorKind('Cannot zero updates', 'the aggregator of zeroed updates', inner);
  checkOptions('Cannot zero updates', options, {
    norm: required(boundWithin({ above: 0, float32: true })),
    order: oneOrder,
    whenZeroed: oneOf('exclude', 'count-as-zero'),
  });
  const { norm, order = 'max', whenZeroed = 'exclude' } = options;
  const name = `zeroed ${inner.name}`;
  const excludes = whenZeroed === 'exclude';
  const isFixed = typeof norm === 'number';
  return {
    name,
    ...wrapperFacts(inner, { order, bound: isFixed ? norm : null }),
    create: (update) => {
      const screen = isFixed
        ? screenedBy(update, { order, excludes }, norm)
        : screenedByEstimate(update, { order, excludes });
      return withinBound({
        name,
        update,
        inner: aggregationBy(inner, update),
        bound: norm,
        counts: 'zeroed',
        screen: ({ value, weight, norm: bound }) => {
          const given = { value, weight, ...(bound && { norm: bound }) } as never;
          const from = federatedMap(screen, given) as ClientsValue;
          return {
            value: field(from, 'value') as ClientsValue,
            weight: field(from, 'weight') as ClientsValue,
            from,
          };
        },
      });
    },
  };
}

const oneOrder = ofKind({
  need: "1, 2 or 'max'",
  fits: (value) => value === 1 || value === 2 || value === 'max',
});

interface Rule {
  readonly order: NormOrder;
  readonly excludes: boolean;
}

interface Screened {
  readonly value: TensorStructure;
  readonly weight: tf.Tensor;
}

/** A value within the bound with its weight, or zeros; and 1 where it is zeroed, else 0. */
function screened({ value, weight }: Screened, within: tf.Tensor, excludes: boolean) {
  return {
    value: mapStructure((tensor) => tf.where(within, tensor, tf.zerosLike(tensor)), value),
    weight: excludes ? tf.where(within, weight, tf.zerosLike(weight)) : weight,
    zeroed: tf.sub(1, tf.cast(within, 'int32')),
  };
}

/** Whether a value is within a bound; NaN is not ≤ anything, so it is beyond. */
function isWithin(value: TensorStructure, order: NormOrder, bound: number | tf.Tensor): tf.Tensor {
  if (order !== 'max') return tf.lessEqual(normOf(value, order), bound);
  const [first = tf.scalar(true, 'bool'), ...rest] = leavesOf(value).map((tensor) =>
    tf.all(tf.lessEqual(tf.abs(tensor), bound)),
  );
  return rest.reduce((both, next) => tf.logicalAnd(both, next), first);
}

function screenedBy(update: Type, { order, excludes }: Rule, bound: number): LocalComputation {
  return localComputation(
    { value: update, weight: float32() },
    (argument) => {
      const given = argument as unknown as Screened;
      return screened(given, isWithin(given.value, order, bound), excludes);
    },
    { name: 'zero' },
  ) as LocalComputation;
}

function screenedByEstimate(update: Type, { order, excludes }: Rule): LocalComputation {
  return localComputation(
    { value: update, weight: float32(), norm: float32() },
    (argument) => {
      const given = argument as unknown as Screened & { readonly norm: tf.Tensor };
      const norm = normOf(given.value, order);
      return { ...screened(given, isWithin(given.value, order, given.norm), excludes), norm };
    },
    { name: 'zero beyond bound' },
  ) as LocalComputation;
}
