// Random rotation: updates are turned by H D / √n, with the Hadamard matrix H and random signs D, which spreads what is
// in a few large numbers over all of them, so that few bits a number do less harm (Suresh, Yu, Kumar, McMahan,
// "Distributed Mean Estimation with Limited Communication", ICML 2017, section 3). The aggregate is turned back.
import { localComputation, random, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyServerValue,
  clientStartOf,
  federatedBroadcast,
  federatedEval,
  federatedMap,
  float32,
  int32,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, leafTypes } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { hadamard } from '../structures/hadamard.js';
import { unpackDigits, wordsFor } from '../structures/packed-digits.js';
import { fromVector, sizesOf, toVector } from '../structures/vectors.js';

/**
 * `inner`, which must be linear, as sums and means are, on updates as one turned vector of 2^k numbers. The server
 * draws the signs anew each round and sends them, a bit for each number. It has no options. Throws a `RangeError` if a
 * tensor is not float32 of a known shape.
 */
export function rotated(inner: Aggregator, options: Readonly<Record<string, never>> = {}): Aggregator {
  aggregatorKind('Cannot rotate updates', 'the aggregator of rotated updates', inner);
  checkOptions('Cannot rotate updates', options, {});
  const name = `rotated ${inner.name}`;
  const facts = wrapperFacts(inner);
  return {
    name,
    ...facts,
    // A rotation keeps L2 norms, and no others.
    sensitivity: facts.sensitivity?.order === 2 ? facts.sensitivity : null,
    create(update) {
      const sizes = sizesOf('Cannot rotate updates', update);
      const count = sizes.reduce((sum, size) => sum + size, 0);
      const length = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
      const process = aggregationBy(inner, float32(length));
      const { draw, turn, turnBack } = rotations(update, count, length);
      return aggregationOf({
        name,
        update,
        start: () => startOf(process),
        startClient: clientStartOf(process),
        step: (before, { value, weight, clientState }) => {
          const signs = federatedEval(draw, 'SERVER');
          const turned = federatedMap(turn, { value, signs: federatedBroadcast(signs) } as never);
          const step = stepOf(process, before, { value: turned as never, weight, clientState });
          const back = federatedMap(turnBack, { vector: step.result, signs }) as AnyServerValue;
          return { ...step, result: back };
        },
      });
    },
  };
}

function rotations(update: Type, count: number, length: number) {
  const words = wordsFor(length, 1);
  const signsOf = (signs: tf.Tensor): tf.Tensor =>
    tf.sub(tf.mul(tf.cast(unpackDigits(signs, 1, length), 'float32'), 2), 1);
  const draw = localComputation(
    null,
    () => {
      const half = (): tf.Tensor => tf.cast(tf.floor(random.uniform([words], 0, 2 ** 16)), 'int32');
      const high = tf.sub(half(), tf.scalar(2 ** 15, 'int32'));
      return tf.add(tf.mul(high, tf.scalar(2 ** 16, 'int32')), half());
    },
    { name: 'draw signs' },
  );
  const turn = localComputation(
    { value: update, signs: int32(words) },
    (argument) => {
      const { value, signs } = argument as unknown as {
        readonly value: TensorStructure;
        readonly signs: tf.Tensor;
      };
      const vector = tf.pad(toVector(value), [[0, length - count]]);
      return hadamard(tf.mul(vector, signsOf(signs)));
    },
    { name: 'turn' },
  );
  const places = leafTypes(update);
  const turnBack = localComputation(
    { vector: float32(length), signs: int32(words) },
    (argument) => {
      const { vector, signs } = argument as unknown as Record<'vector' | 'signs', tf.Tensor>;
      const back = tf.mul(hadamard(vector), signsOf(signs));
      return fromVector(back, update, places);
    },
    { name: 'turn back' },
  );
  return { draw, turn, turnBack };
}
