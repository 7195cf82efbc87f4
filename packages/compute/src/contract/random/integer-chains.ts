// Chains of integer kernels for the engine contract: runtimes join neighbours, and some of what they join is written
// for floats alone. Each chain has an input for itself, so that no other chain reads what a runtime would join.
import * as tf from '../../tensorflow/tf.js';
import type { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import { mixedInts } from '../special/special-draw.js';

type Step = (x: tf.Tensor) => tf.Tensor;

const int = (value: number): tf.Scalar => tf.scalar(value, 'int32');

/** Of a matrix of int32 another one. */
const STEPS: { readonly [name: string]: Step } = {
  abs: tf.abs,
  neg: tf.neg,
  relu: tf.relu,
  relu6: tf.relu6,
  clip: (x) => tf.clipByValue(x, -5, 7),
  square: tf.square,
  sign: tf.sign,
  add: (x) => tf.add(x, int(3)),
  subtractFrom: (x) => tf.sub(int(0), x),
  double: (x) => tf.mul(x, int(2)),
  maximum: (x) => tf.maximum(x, int(0)),
  minimum: (x) => tf.minimum(x, int(6)),
  quotient: (x) => tf.floorDiv(x, int(3)),
  inverse: (x) => tf.floorDiv(int(1), x),
  remainder: (x) => tf.mod(x, int(5)),
  viaFloat: (x) => tf.cast(tf.cast(x, 'float32'), 'int32'),
  viaBool: (x) => tf.cast(tf.cast(x, 'bool'), 'int32'),
  sum: (x) => tf.sum(x, 1, true),
  largest: (x) => tf.max(x, 1, true),
  transpose: (x) => tf.transpose(x),
  pad: (x) =>
    tf.pad(x as tf.Tensor2D, [
      [1, 0],
      [0, 1],
    ]),
  twice: (x) => tf.concat([x, x], 1),
  product: (x) =>
    tf.add(tf.matMul(x, tf.ones([x.shape[1] as number, 2], 'int32')), tf.tensor1d([1, 2], 'int32')),
};

const NAMES = Object.keys(STEPS);
const SHAPE = [2, 3];
const TRIPLES = 100;
/** In one graph: loading takes longer than running. */
const TOGETHER = 50;

export interface IntegerChains {
  /** The steps of each chain, in words. */
  readonly chains: readonly string[];
  readonly drawn: DrawnCase;
}

/** Every chain of two steps, and some of three; several in a case, each an input and an output. */
export function integerChains(draw: Draw): readonly IntegerChains[] {
  const pairs = NAMES.flatMap((first) => NAMES.map((second) => [first, second]));
  const triples = Array.from({ length: TRIPLES }, () => [
    draw.pick(NAMES),
    draw.pick(NAMES),
    draw.pick(NAMES),
  ]);
  const chains = [...pairs, ...triples];
  const parts = Array.from({ length: Math.ceil(chains.length / TOGETHER) }, (_, part) =>
    chains.slice(part * TOGETHER, (part + 1) * TOGETHER),
  );
  return parts.map((part) => ({
    chains: part.map((chain) => chain.join(', then ')),
    drawn: {
      inputs: part.map(() => mixedInts(draw, SHAPE)),
      body: (given) => part.map((chain, index) => run(chain, given[index] as tf.Tensor)),
    },
  }));
}

const run = (chain: readonly string[], x: tf.Tensor): tf.Tensor =>
  chain.reduce((now, name) => (STEPS[name] as Step)(now), x);
