// Centred clipping: Karimireddy, He, Jaggi, "Learning from History for Byzantine Robust Optimization", ICML 2021,
// Algorithm 2, with one step a round, as in its experiments, and the aggregate of the round before as the centre v:
//
//   v ← v + mean of (x_i − v) · min(1, τ / |x_i − v|)
//
// Clients are sent v and send x_i − v, and the server clips: whatever a liar sends counts for at most τ. The momentum
// of the paper's clients is a wrapper, `clientMomentum`, since any rule may have it.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyServerValue,
  federatedBoundedMean,
  federatedBroadcast,
  federatedMap,
  federatedValue,
  type Type,
} from '@starling/federated-core';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { nothing } from '../aggregator/nothing.js';
import { leavesOf, mapStructure } from '../structures/structures.js';
import { zerosOf } from '../structures/zeros-of.js';
import { type BoundedMeanAggregatorOptions, checkBounded } from './bounded-mean.js';

/** Options as of `boundedMean`; `norm` bounds the distance from the centre. A weight of 0 counts for nothing. */
export function centredClipping(options: BoundedMeanAggregatorOptions): Aggregator {
  checkBounded('Cannot clip updates around a centre', options);
  const { norm, weighted = false } = options;
  const name = 'centred clipping';
  return {
    name,
    reveals: 'updates',
    sensitivity: null,
    create(update) {
      const subtract = combine(update, 'subtract centre', tf.sub);
      const add = combine(update, 'add centre', tf.add);
      return aggregationOf({
        name,
        update,
        start: () => federatedValue(zerosOf(update) as never, 'SERVER', update),
        step: (centre, { value, weight }) => {
          const own = federatedMap(subtract, { value, centre: federatedBroadcast(centre) });
          const moved = federatedBoundedMean(own as never, { norm, weighted, weight }) as AnyServerValue;
          const result = federatedMap(add, { value: moved, centre }) as AnyServerValue;
          return { state: result, result, measurements: nothing() };
        },
      });
    },
  };
}

function combine(update: Type, name: string, change: (value: tf.Tensor, centre: tf.Tensor) => tf.Tensor) {
  return localComputation(
    { value: update, centre: update },
    (argument) => {
      const { value, centre } = argument as unknown as Record<'value' | 'centre', TensorStructure>;
      const centres = leavesOf(centre);
      let leaf = 0;
      return mapStructure((tensor) => change(tensor, centres[leaf++]!), value);
    },
    { name },
  );
}
