// A sum of updates that travel in a few bits a number: stochastic uniform quantisation (Suresh, Yu, Kumar, McMahan,
// "Distributed Mean Estimation with Limited Communication", ICML 2017, sections 2.1 and 2.2). Each tensor x of an
// update goes as its least number and the width of a step, with L = 2^bits − 1 steps from there to its greatest:
//
//   step = (max x − min x) / L,   q_j = ⌊(x_j − min x) / step + u_j⌋,  u_j uniform in [0, 1)
//
// so that min x + step · q_j has the mean x_j. The server adds that up as it comes in, and keeps no update.
import { localComputation, random, type TensorStructure, tf } from '@starling/compute';
import {
  type AnyServerValue,
  federatedAggregate,
  federatedMap,
  federatedSum,
  federatedZip,
  field,
  float32,
  int32,
  type LocalComputation,
  type StructType,
  struct,
  type Type,
} from '@starling/federated-core';
import {
  checkOptions,
  leafTypes,
  numberWithin,
  ofKind,
  optionError,
  sizeOf,
} from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { stateless } from '../aggregator/stateless.js';
import { type DigitBits, packDigits, unpackDigits, wordsFor } from '../structures/packed-digits.js';
import { leavesOf, mapStructure, placesIn } from '../structures/structures.js';

export interface QuantizedSumOptions {
  /** Of each number on its way: 1, 2, 4 or 8 (the default). */
  readonly bits?: DigitBits;
  /** Tensors of fewer numbers go as they are; 20,000 by default, as in TensorFlow Federated. */
  readonly threshold?: number;
}

/**
 * Adds up updates of float32, weights aside, with the mean of the exact sum; what tensors below the threshold come to
 * is exact. Sums of the others are float32. Throws a `RangeError` if an option is out of its range, or a tensor that is
 * to be quantised is not float32 of a known shape.
 */
export function quantizedSum(options: QuantizedSumOptions = {}): Aggregator {
  checkOptions('Cannot quantise updates', options, {
    bits: ofKind({ need: '1, 2, 4 or 8', fits: (value) => [1, 2, 4, 8].includes(value as number) }),
    threshold: numberWithin({ whole: true, from: 1 }),
  });
  const { bits = 8, threshold = 20_000 } = options;
  const name = `sum in ${bits} ${bits === 1 ? 'bit' : 'bits'}`;
  return {
    name,
    reveals: 'sums',
    sensitivity: null,
    create: (update) => {
      const sizes = leafTypes(update).map(({ dtype, shape }) => {
        const isKnown = !shape.includes(null);
        const size = isKnown ? sizeOf(shape as readonly number[]) : Number.POSITIVE_INFINITY;
        if (size >= threshold && (!isKnown || dtype !== 'float32')) {
          throw optionError(
            `Cannot quantise updates: tensors must be float32 of a known shape, got ${dtype}[${shape.join(',')}]`,
          );
        }
        return size;
      });
      const isCoded = sizes.map((size) => size >= threshold);
      return stateless(name, update, ({ value }) =>
        isCoded.includes(true)
          ? codedSum(update, sizes, isCoded, bits, value)
          : (federatedSum(value as never) as AnyServerValue),
      );
    },
  };
}

interface Code {
  readonly words: tf.Tensor;
  readonly least: tf.Tensor;
  readonly step: tf.Tensor;
}

function codedSum(
  update: Type,
  sizes: readonly number[],
  isCoded: readonly boolean[],
  bits: DigitBits,
  value: Parameters<typeof federatedSum>[0],
): AnyServerValue {
  const coded = sizes.map((_, leaf) => leaf).filter((leaf) => isCoded[leaf]);
  const plain = sizes.map((_, leaf) => leaf).filter((leaf) => !isCoded[leaf]);
  const encode = localComputation(
    { value: update },
    (argument) => {
      const leaves = leavesOf((argument as { readonly value: TensorStructure }).value);
      return {
        coded: byName(coded, (leaf) => encoded(leaves[leaf]!, bits)),
        ...(plain.length > 0 && { plain: byName(plain, (leaf) => leaves[leaf]!) }),
      } as unknown as { readonly coded: TensorStructure };
    },
    { name: `to ${bits} bits` },
  );
  const sent = federatedMap(encode, { value } as never);
  const sums = federatedAggregate(
    field(sent, 'coded') as never,
    operators(coded, sizes, bits),
  ) as AnyServerValue;
  const others = plain.length === 0 ? null : (federatedSum(field(sent, 'plain') as never) as AnyServerValue);
  const joined = federatedZip({
    coded: sums,
    ...(others !== null && { plain: others }),
  }) as AnyServerValue;
  return federatedMap(joinLeaves(update, sizes, coded, plain, bits), { sums: joined }) as AnyServerValue;
}

function encoded(tensor: tf.Tensor, bits: DigitBits): Code {
  const steps = 2 ** bits - 1;
  const [least, most] = [tf.min(tensor), tf.max(tensor)];
  const step = tf.div(tf.sub(most, least), steps);
  // Where all numbers are the same no step is needed, and none may be divided by.
  const divisor = tf.where(tf.greater(step, 0), step, tf.onesLike(step));
  const exact = tf.div(tf.sub(tf.reshape(tensor, [tensor.size]), least), divisor);
  const drawn = tf.floor(tf.add(exact, random.uniform([tensor.size])));
  return { words: packDigits(tf.cast(tf.clipByValue(drawn, 0, steps), 'int32'), bits), least, step };
}

/** Sums of decoded tensors, each as a vector, in float32. */
function operators(coded: readonly number[], sizes: readonly number[], bits: DigitBits) {
  const sums = struct(Object.fromEntries(coded.map((leaf) => [nameOf(leaf), float32(sizes[leaf]!)])));
  const code = (leaf: number): StructType =>
    struct({ words: int32(wordsFor(sizes[leaf]!, bits)), least: float32(), step: float32() });
  const codes = struct(Object.fromEntries(coded.map((leaf) => [nameOf(leaf), code(leaf)])));
  type Sums = { readonly [name: string]: tf.Tensor };
  const local = (parameters: object, body: (argument: never) => object, name: string): LocalComputation =>
    localComputation(parameters as never, body as never, { name }) as never;
  return {
    zero: local(null as never, () => byName(coded, (leaf) => tf.zeros([sizes[leaf]!])), 'no sums'),
    accumulate: local(
      { sums, codes },
      ({ sums, codes }: { readonly sums: Sums; readonly codes: { readonly [name: string]: Code } }) =>
        byName(coded, (leaf) => {
          const { words, least, step } = codes[nameOf(leaf)]!;
          const digits = tf.cast(unpackDigits(words, bits, sizes[leaf]!), 'float32');
          return tf.add(sums[nameOf(leaf)]!, tf.add(least, tf.mul(digits, step)));
        }),
      `add ${bits} bits`,
    ),
    merge: local(
      { left: sums, right: sums },
      ({ left, right }: { readonly left: Sums; readonly right: Sums }) =>
        byName(coded, (leaf) => tf.add(left[nameOf(leaf)]!, right[nameOf(leaf)]!)),
      'add sums',
    ),
    report: local(sums, (sums: Sums) => byName(coded, (leaf) => sums[nameOf(leaf)]!), 'sums'),
  } as never;
}

/** The update that the sums of its leaves make. */
function joinLeaves(
  update: Type,
  sizes: readonly number[],
  coded: readonly number[],
  plain: readonly number[],
  bits: DigitBits,
): LocalComputation {
  const types = leafTypes(update);
  const sums = struct({
    coded: struct(Object.fromEntries(coded.map((leaf) => [nameOf(leaf), float32(sizes[leaf]!)]))),
    ...(plain.length > 0 && {
      plain: struct(Object.fromEntries(plain.map((leaf) => [nameOf(leaf), types[leaf]!]))),
    }),
  });
  return localComputation(
    { sums },
    (argument) => {
      const { sums } = argument as unknown as JoinedSums;
      let next = 0;
      return mapStructure(() => {
        const leaf = next++;
        const shape = types[leaf]!.shape as number[];
        const isPlain = plain.includes(leaf);
        return isPlain ? sums.plain![nameOf(leaf)]! : tf.reshape(sums.coded[nameOf(leaf)]!, shape);
      }, placesIn(update));
    },
    { name: `from ${bits} bits` },
  ) as never;
}

interface JoinedSums {
  readonly sums: {
    readonly coded: { readonly [name: string]: tf.Tensor };
    readonly plain?: { readonly [name: string]: tf.Tensor };
  };
}

function byName<V>(leaves: readonly number[], made: (leaf: number) => V): { readonly [name: string]: V } {
  return Object.fromEntries(leaves.map((leaf) => [nameOf(leaf), made(leaf)]));
}

const nameOf = (leaf: number): string => `leaf${leaf}`;
