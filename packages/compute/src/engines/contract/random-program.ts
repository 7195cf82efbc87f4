// Random programs for the engine contract: a few dozen operations drawn from a seed, each on what came before. Passes
// that are right on one kernel at a time can be wrong on their combinations; sizes of 1 to 3 make shapes coincide often.
import {
  float32,
  int32,
  type LocalComputation,
  sequence,
  struct,
  type Tensor,
  tensor,
  uint8,
} from '@starling/federated-core';
import { localComputation } from '../../capture/local-computation.js';
import { scan } from '../../capture/scan.js';
import { sequenceReduce } from '../../capture/sequence-reduce.js';
import * as tf from '../../tensorflow/tf.js';
import { Draw } from './draw.js';
import type { DrawnCase } from './kernel-case.js';

const OPERATIONS = 12;
const INPUTS = 3;
const LARGEST = 64;
/** Small, so that rounding does not grow from step to step. */
const RATE = 0.01;

/** A step of a program: from the tensors so far to one more, or `null` where none of them fits. */
type Step = (pool: readonly tf.Tensor[], draw: Draw) => tf.Tensor | null;

/** Keeps values small, whatever is done to them: an exponential of a square of a sum … */
const bounded = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sin(x), 1.5);

const unary =
  (operation: (x: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) =>
    operation(draw.pick(pool));

/** Two tensors of equal shape, or one and a row, column or scalar of it that it broadcasts against. */
const binary =
  (operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) => {
    const a = draw.pick(pool);
    const axes = a.rank === 0 ? [] : draw.axes(a.rank);
    const fitting = pool.filter((b) => b.shape.join() === a.shape.join());
    const b = draw.coin()
      ? draw.pick(fitting)
      : tf.mean(draw.pick(fitting), axes, draw.coin() || axes.length < a.rank);
    return draw.coin() ? operation(a, b) : operation(b, a);
  };

const steps: readonly Step[] = [
  unary(tf.relu),
  unary(tf.sigmoid),
  unary(tf.tanh),
  unary(tf.square),
  unary(tf.neg),
  unary((x) => tf.mul(x, 1)),
  unary((x) => tf.add(tf.sub(x, 1), 1)),
  unary((x) => tf.softmax(x.rank === 0 ? tf.reshape(x, [1]) : x)),
  unary((x) => tf.logSoftmax(x.rank === 0 ? tf.reshape(x, [1]) : x)),
  binary(tf.add),
  binary(tf.sub),
  binary(tf.mul),
  binary((a, b) => tf.div(a, tf.add(tf.square(b), 1))),
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.sum(x, draw.axes(x.rank), draw.coin());
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return tf.reshape(x, draw.pick([[x.size], [1, x.size], [x.size, 1], [...x.shape, 1], [1, ...x.shape]]));
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank < 2 ? null : tf.transpose(x, [x.rank - 1, ...x.shape.keys()].slice(0, x.rank));
  },
  (pool, draw) => {
    const matrices = pool.filter(({ rank }) => rank === 2) as tf.Tensor2D[];
    const products = matrices.flatMap((a) => matrices.flatMap((b) => fittingProducts(a, b)));
    return products.length === 0 ? null : draw.pick(products)();
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    if (x.rank === 0) return null;
    const axis = draw.int(0, x.rank - 1);
    const [half = x] = tf.split(tf.concat([x, tf.neg(x)], axis), 2, axis);
    return tf.concat([half, x], axis);
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    if (x.rank === 0) return null;
    const size = x.shape[0] as number;
    return tf.gather(x, tf.tensor1d([draw.int(0, size - 1), draw.int(0, size - 1)], 'int32'));
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    const rows = x.rank === 1 ? tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3) : tf.scalar(2);
    return x.rank === 1 ? tf.mul(tf.sum(x), rows) : tf.where(tf.greater(x, 0), x, tf.mul(x, rows));
  },
];

/** The ways in which two matrices can be multiplied. */
function fittingProducts(a: tf.Tensor2D, b: tf.Tensor2D): readonly (() => tf.Tensor)[] {
  const sides = [false, true];
  return sides.flatMap((transposeA) =>
    sides
      .filter((transposeB) => a.shape[transposeA ? 0 : 1] === b.shape[transposeB ? 1 : 0])
      .map((transposeB) => () => tf.matMul(a, b, transposeA, transposeB)),
  );
}

/** The sum of the means of all that a program of the seed makes of what it is given. */
function runProgram(seed: number, given: readonly tf.Tensor[]): tf.Scalar {
  const draw = new Draw(seed + 1_000_000);
  const pool = [...given];
  for (let count = 0; count < OPERATIONS; count++) {
    const made = draw.pick(steps)(pool, draw);
    if (made !== null && made.size <= LARGEST) pool.push(bounded(made));
  }
  return pool.map((each) => tf.mean(each)).reduce((sum, each) => tf.add(sum, each)) as tf.Scalar;
}

/** A program of a seed: the value of `runProgram`, and its gradients by the inputs. */
export function randomProgram(seed: number): DrawnCase {
  const draw = new Draw(seed);
  const inputs = Array.from({ length: INPUTS }, () => draw.floats([draw.int(1, 3), draw.int(1, 3)], -1, 1));
  return {
    inputs,
    body: (given) => {
      const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => runProgram(seed, all))([...given]);
      return [value, ...grads];
    },
  };
}

/** A recurrence of a seed, by `scan` or unrolled: its value, and its gradients by sequence, state and two matrices. */
export function randomRecurrence(seed: number, walk: 'scanned' | 'unrolled'): DrawnCase {
  const draw = new Draw(seed);
  const matrix = (): Tensor => draw.floats([draw.int(1, 3), draw.int(1, 3)], -1, 1);
  const [state, element] = [matrix(), matrix()];
  const xs = draw.floats([draw.int(2, 4), ...element.shape], -1, 1);
  const step = (
    h: tf.Tensor,
    x: tf.Tensor,
    weights: readonly tf.Tensor[],
  ): readonly [tf.Tensor, tf.Tensor] => {
    const made = runProgram(seed, [h, x, ...weights]);
    return [bounded(tf.add(h, made)), tf.mul(x, made)];
  };
  const loss = (...[sequence, start, ...weights]: tf.Tensor[]): tf.Scalar => {
    if (walk === 'scanned') {
      const [last, results] = scan(sequence as tf.Tensor, start as tf.Tensor, (h, x) => step(h, x, weights));
      return tf.add(tf.sum(last), tf.sum(tf.square(results)));
    }
    let h = start as tf.Tensor;
    const results = tf.unstack(sequence as tf.Tensor).map((x) => {
      const [next, result] = step(h, x, weights);
      h = next;
      return result;
    });
    return tf.add(tf.sum(h), tf.sum(tf.square(tf.stack(results))));
  };
  return {
    inputs: [xs, state, matrix(), matrix()],
    body: (given) => {
      const { value, grads } = tf.valueAndGrads(loss)([...given]);
      return [value, ...grads];
    },
  };
}

/** A training loop of a seed: two matrices go down the gradient of a program over batches of features and labels. */
export function randomTraining(seed: number): {
  readonly local: LocalComputation;
  readonly argument: readonly Tensor[];
} {
  const draw = new Draw(seed);
  const [width, classes, batch] = [draw.int(1, 3), draw.int(2, 3), draw.int(1, 3)];
  const shapes = [
    [width, classes],
    [draw.int(1, 3), draw.int(1, 3)],
  ];
  const elements = draw.int(batch, 7);
  const element = struct({ x: draw.coin() ? float32(width) : uint8(width), label: int32() });
  const shuffled = draw.coin();
  const types = { data: sequence(element), weights: struct(shapes.map((shape) => float32(...shape))) };
  const local = localComputation(types, ({ data, weights }) => {
    const walk = (shuffled ? data.shuffle() : data).batch(batch).repeat(2);
    return sequenceReduce(walk, weights as readonly tf.Tensor[], (now, { x, label }, mask) => {
      const features = tf.div(tf.cast(x, 'float32'), 4);
      const labels = tf.oneHot(label as tf.Tensor1D, classes);
      const loss = (...all: tf.Tensor[]): tf.Scalar => {
        const logits = tf.matMul(features as tf.Tensor2D, all[0] as tf.Tensor2D);
        const entropy = tf.losses.softmaxCrossEntropy(labels, logits, mask);
        return tf.add(entropy, runProgram(seed, [...all, features, logits]));
      };
      return now.map((weight, index) =>
        tf.sub(weight, tf.mul(RATE, tf.grads(loss)([...now])[index] as tf.Tensor)),
      );
    });
  });
  const x =
    element.elements.x.dtype === 'float32' ? draw.floats([elements, width]) : bytes(draw, [elements, width]);
  const labels = draw.ints([elements], 0, classes - 1);
  const weights = shapes.map((shape) => draw.floats(shape, -1, 1));
  return { local: local as unknown as LocalComputation, argument: [x, labels, ...weights] };
}

function bytes(draw: Draw, shape: readonly number[]): Tensor {
  const { data } = draw.ints(shape, 0, 9);
  return tensor('uint8', shape, Uint8Array.from(data as Int32Array));
}
