// The steps of random programs: operations on what came before. Sizes of 1 to 3 make shapes coincide often.
import * as tf from '../../tensorflow/tf.js';
import type { Draw } from '../drawing/draw.js';

/** A step of a program: from the tensors so far to one more, or `null` if none of them fits. */
export type Step = (pool: readonly tf.Tensor[], draw: Draw) => tf.Tensor | null;

/** Keeps values small, whatever is done to them: an exponential of a square of a sum … */
export const bounded = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sin(x), 1.5);

const unary =
  (operation: (x: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) =>
    operation(draw.pick(pool));

/** Of a tensor of one axis or more. */
const ofAxes =
  (operation: (x: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : operation(x);
  };

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

export const steps: readonly Step[] = [
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
  binary(tf.maximum),
  unary((x) => tf.clipByValue(x, -1, 1)),
  ofAxes((x) =>
    tf.tile(
      x,
      x.shape.map(() => 2),
    ),
  ),
  ofAxes((x) =>
    tf.pad(
      x,
      x.shape.map((): [number, number] => [1, 0]),
      0.5,
    ),
  ),
  ofAxes((x) => tf.reverse(x)),
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.cumsum(x, draw.int(0, x.rank - 1), draw.coin(), draw.coin());
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.max(x, draw.axes(x.rank), draw.coin());
  },
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
