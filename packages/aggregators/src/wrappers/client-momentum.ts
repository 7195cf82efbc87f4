// Momentum that each client keeps: Karimireddy, He, Jaggi, "Learning from History for Byzantine Robust Optimization",
// ICML 2021, section 5 and Algorithm 2, line 4. In place of its update x, each client i sends
//
//   m_i ← β m_i + (1 − β) x_i,   from m_i = x_i in its first round
//
// Over rounds the noise of honest clients averages out, and what little a liar sends each time, to hide in that noise,
// has nothing left to hide in. The paper has it with centred clipping: `clientMomentum(centredClipping({ norm }))`.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  clientStartOf,
  federatedMap,
  federatedValue,
  federatedZip,
  field,
  float32,
  type LocalComputation,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, numberWithin } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { leavesOf, mapStructure } from '../structures/structures.js';
import { zerosOf } from '../structures/zeros-of.js';

export interface ClientMomentumOptions {
  /** β, from 0 to below 1; 0.9 by default, as in the paper. */
  readonly momentum?: number;
}

/**
 * `inner` on the momentum of each client's updates, which the client keeps from one of its rounds to the next. Throws a
 * `RangeError` if `momentum` is out of its range, or a tensor is not float32 of a known shape.
 */
export function clientMomentum(inner: Aggregator, options: ClientMomentumOptions = {}): Aggregator {
  const action = 'Cannot give clients momentum';
  aggregatorKind(action, 'the aggregator of what clients send', inner);
  checkOptions(action, options, { momentum: numberWithin({ from: 0, below: 1 }) });
  const { momentum = 0.9 } = options;
  const name = `${inner.name} with client momentum`;
  return {
    name,
    ...wrapperFacts(inner),
    create(update) {
      const process = aggregationBy(inner, update);
      const innerStart = clientStartOf(process);
      const move = moved(update, momentum);
      return aggregationOf({
        name,
        update,
        start: () => startOf(process),
        startClient: () =>
          federatedZip({
            momentum: federatedValue(zerosOf(update) as never, 'CLIENTS', update),
            rounds: federatedValue(0, 'CLIENTS', float32()),
            ...(innerStart && { inner: innerStart() }),
          }) as AnyClientsValue,
        step: (before, { value, weight, clientState }) => {
          const of = (part: string) => field(clientState as AnyClientsValue, part) as AnyClientsValue;
          const own = federatedMap(move, {
            value,
            momentum: of('momentum'),
            rounds: of('rounds'),
          } as never) as AnyClientsValue;
          const sent = field(own, 'momentum') as AnyClientsValue;
          const { clientState: innerState, ...step } = stepOf(process, before, {
            value: sent,
            weight,
            ...(innerStart && { clientState: of('inner') }),
          });
          return {
            ...step,
            clientState: federatedZip({
              momentum: sent,
              rounds: field(own, 'rounds') as AnyClientsValue,
              ...(innerState && { inner: innerState }),
            }) as AnyClientsValue,
          };
        },
      });
    },
  };
}

/** (value, momentum, rounds) → both after a round. */
function moved(update: Type, decay: number): LocalComputation {
  return localComputation(
    { value: update, momentum: update, rounds: float32() },
    (argument) => {
      const { value, momentum, rounds } = argument as unknown as {
        readonly value: TensorStructure;
        readonly momentum: TensorStructure;
        readonly rounds: tf.Tensor;
      };
      const kept = tf.where(tf.greater(rounds, 0), tf.scalar(decay), tf.scalar(0));
      const before = leavesOf(momentum);
      let leaf = 0;
      return {
        momentum: mapStructure(
          (x) => tf.add(tf.mul(before[leaf++]!, kept), tf.mul(x, tf.sub(1, kept))),
          value,
        ),
        rounds: tf.add(rounds, 1),
      };
    },
    { name: 'momentum' },
  ) as LocalComputation;
}
