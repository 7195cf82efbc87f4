// A sum of updates of which each client sends its k largest numbers, and keeps the rest for later: Stich, Cordonnier,
// Jaggi, "Sparsified SGD with Memory", NeurIPS 2018, Algorithm 1, with each client's memory m, from 0 on:
//
//   sent = top_k(m + x),   m ← m + x − sent
//
// so that nothing is lost, but late. The server adds up what comes in, number by number, and keeps no update.
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
  federatedAggregate,
  federatedMap,
  federatedValue,
  field,
  float32,
  int32,
  type LocalComputation,
  struct,
  type Type,
  tensor,
} from '@starling/federated-core';
import { checkOptions, leafTypes, numberWithin, required } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { nothing } from '../aggregator/nothing.js';
import { fromVector, sizesOf, toVector } from '../structures/vectors.js';

export interface TopKSumOptions {
  /** Which share of the numbers of an update a client sends, above 0 and up to 1: k is that of all, rounded up. */
  readonly share: number;
}

/**
 * Adds up the largest numbers of updates of float32, weights aside, in float32; a client keeps what it has not sent,
 * and adds it to its next update. As the `valueSum` of a mean it keeps that times the weight. Throws a `RangeError` if
 * `share` is out of its range, or a tensor is not float32 of a known shape.
 */
export function topKSum(options: TopKSumOptions): Aggregator {
  checkOptions(ACTION, options, { share: required(numberWithin({ above: 0, to: 1 })) });
  const { share } = options;
  const name = 'sum of the largest';
  return {
    name,
    reveals: 'sums',
    sensitivity: null,
    grows: true,
    accumulates: true,
    create(update) {
      const size = sizesOf(ACTION, update).reduce((sum, each) => sum + each, 0);
      const k = Math.ceil(share * size);
      const choose = chosen(update, size, k);
      const { back, operators } = sumsOf(update, size, k);
      return aggregationOf({
        name,
        update,
        start: nothing,
        startClient: () => federatedValue(zeros(size), 'CLIENTS', float32(size)) as AnyClientsValue,
        step: (state, { value, clientState }) => {
          const parts = federatedMap(choose, { value, memory: clientState } as never) as AnyClientsValue;
          const sum = federatedAggregate(field(parts, 'sent') as never, operators) as AnyServerValue;
          return {
            state,
            clientState: field(parts, 'memory') as AnyClientsValue,
            result: federatedMap(back, { vector: sum }) as AnyServerValue,
            measurements: nothing(),
          };
        },
      });
    },
  };
}

const ACTION = 'Cannot send the largest numbers of updates';

const zeros = (size: number) => tensor('float32', [size], new Float32Array(size));

/** (value, memory) → the k largest with their places, and what is kept of the others. */
function chosen(update: Type, size: number, k: number): LocalComputation {
  return localComputation(
    { value: update, memory: float32(size) },
    (argument) => {
      const { value, memory } = argument as unknown as {
        readonly value: TensorStructure;
        readonly memory: tf.Tensor;
      };
      const all = tf.add(memory, toVector(value));
      const { indices } = tf.topk(tf.abs(all), k, false);
      const values = tf.gather(all, indices);
      return {
        sent: { indices, values },
        memory: tf.sub(all, tf.scatterND(tf.reshape(indices, [k, 1]), values, [size])),
      };
    },
    { name: 'largest numbers' },
  ) as LocalComputation;
}

interface Sent {
  readonly indices: tf.Tensor;
  readonly values: tf.Tensor;
}

function sumsOf(update: Type, size: number, k: number) {
  const local = (
    parameters: object | null,
    body: (argument: never) => object,
    name: string,
  ): LocalComputation => localComputation(parameters as never, body as never, { name }) as never;
  const add = ({ sum, sent: { indices, values } }: { readonly sum: tf.Tensor; readonly sent: Sent }) => {
    // What a client sends is checked here: a place beyond the update counts for nothing.
    const isPlace = tf.logicalAnd(
      tf.greaterEqual(indices, tf.scalar(0, 'int32')),
      tf.less(indices, tf.scalar(size, 'int32')),
    );
    const places = tf.where(isPlace, indices, tf.zerosLike(indices));
    const numbers = tf.where(isPlace, values, tf.zerosLike(values));
    return tf.add(sum, tf.scatterND(tf.reshape(places, [k, 1]), numbers, [size]));
  };
  const sum = float32(size);
  const sent = struct({ indices: int32(k), values: float32(k) });
  const types = leafTypes(update);
  return {
    operators: {
      zero: local(null, () => tf.zeros([size]), 'no sum'),
      accumulate: local({ sum, sent }, add as never, 'add the largest'),
      merge: local({ a: sum, b: sum }, ({ a, b }: Record<'a' | 'b', tf.Tensor>) => tf.add(a, b), 'add sums'),
      report: local(sum, (whole: tf.Tensor) => whole, 'sum'),
    } as never,
    back: local(
      { vector: sum },
      ({ vector }: { readonly vector: tf.Tensor }) => fromVector(vector, update, types) as object,
      'from a vector',
    ),
  };
}
