// Zeroing: an update with an element beyond a bound, or with one that is not a finite number, is replaced by zeros. It
// keeps a faulty client, whose values are off by orders of magnitude, out of the aggregate.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AggregationProcess,
  federatedMap,
  federatedSum,
  federatedZip,
  field,
  float32,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, numberWithin, oneOf, required } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { leavesOf, mapStructure } from '../structures/structures.js';

export interface ZeroedOptions {
  /** The greatest absolute value of an element, above 0. */
  readonly bound: number;
  /**
   * What a zeroed client counts as. `exclude` (the default): its weight is 0, so that no mean counts it, weighted or
   * not. `count-as-zero`: it keeps its weight and so pulls means towards 0, as zeroing in TensorFlow Federated does.
   */
  readonly whenZeroed?: 'exclude' | 'count-as-zero';
}

/**
 * `inner` on updates all of whose elements are within ±`bound`; others are replaced by zeros. Measures `zeroed`, the
 * number of clients that were. It sees updates, and nothing else that a client sends: where the sums of its losses and
 * metrics are not finite, as those of `federatedAveraging` are after a NaN in its data or a label without a meaning,
 * the client is refused as `non-finite-update` before this counts. So it catches finite updates that are too large, and
 * those that became NaN or infinite after the last loss was taken. Clients check their updates themselves, as with
 * `clipped`: one that runs other code is not held to it. Throws a `RangeError` unless `bound` is finite and above 0.
 */
export function zeroed(inner: Aggregator, options: ZeroedOptions): Aggregator {
  aggregatorKind('Cannot zero updates', 'the aggregator of zeroed updates', inner);
  checkOptions('Cannot zero updates', options, {
    bound: required(numberWithin({ above: 0, float32: true })),
    whenZeroed: oneOf('exclude', 'count-as-zero'),
  });
  const { bound, whenZeroed = 'exclude' } = options;
  const name = `zeroed ${inner.name}`;
  const excludes = whenZeroed === 'exclude';
  return { name, create: (update) => create(name, aggregationBy(inner, update), update, bound, excludes) };
}

function create(
  name: string,
  inner: AggregationProcess,
  update: Type,
  bound: number,
  excludes: boolean,
): AggregationProcess {
  const screen = localComputation(
    { value: update, weight: float32() },
    (argument) => {
      const { value, weight } = argument as { readonly value: TensorStructure; readonly weight: tf.Tensor };
      // NaN is not ≤ anything, so it is beyond the bound.
      const [first = tf.scalar(true, 'bool'), ...rest] = leavesOf(value).map((tensor) =>
        tf.all(tf.lessEqual(tf.abs(tensor), bound)),
      );
      const within = rest.reduce((both, next) => tf.logicalAnd(both, next), first);
      return {
        value: mapStructure((tensor) => tf.where(within, tensor, tf.zerosLike(tensor)), value),
        weight: excludes ? tf.where(within, weight, tf.zerosLike(weight)) : weight,
        zeroed: tf.sub(1, tf.cast(within, 'int32')),
      };
    },
    { name: 'zero' },
  );
  return aggregationOf({
    name,
    update,
    start: () => startOf(inner),
    step: (before, input) => {
      const screened = federatedMap(screen, { value: input.value, weight: input.weight });
      const { state, result, measurements } = stepOf(inner, before, {
        value: field(screened, 'value'),
        weight: field(screened, 'weight'),
      });
      const count = federatedSum(field(screened, 'zeroed'));
      return { state, result, measurements: federatedZip({ zeroed: count, inner: measurements }) };
    },
  });
}
