// Gradients that tf.js has wrong, or that fail, made right: finite differences disagree with those of average pooling
// over padding, cumulative sums, mirrored padding and resized batches, three kernels forget that their
// operands were broadcast, and comparisons have none.
import { ignoreRejections } from '@starling/federated-core/plan';
import * as tf from '#tfjs-core';
import { averagePools } from './average-pools.js';
import { dilatedConvolutions } from './dilated-convolutions.js';
import { einsumGradient } from './einsum.js';
import { missingGradients } from './missing-gradients.js';
import { maxPool3dGradient } from './volumes.js';

let installed = false;

/**
 * Has every gradient that is taken, in captures and outside of them, find the corrections in tf.js's registry. The
 * registry is global, and each bundle of tf.js that loads writes its own gradients into it: what was registered once,
 * others overwrite. So the corrections are registered as often as a gradient begins, which all of tf.js's functions do
 * in one method.
 */
export function correctGradients(): void {
  if (installed) return;
  installed = true;
  register();
  const engine = tf.engine();
  const original = engine.gradients;
  engine.gradients = function <T extends tf.Tensor>(
    this: typeof engine,
    f: () => T,
    ...parameters: Tail<Parameters<typeof original<T>>>
  ) {
    register();
    return original.call(this, () => ignoreRejections(f()), ...parameters) as ReturnType<typeof original<T>>;
  };
}

type Tail<P extends readonly unknown[]> = P extends readonly [unknown, ...infer T] ? T : never;

function register(): void {
  for (const correction of corrections) {
    if (tf.getGradient(correction.kernelName) !== correction) tf.registerGradient(correction);
  }
}

/** Sums over the axes along which a tensor of `shape` was broadcast. */
function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  return tf.reshape(axes.length === 0 ? x : tf.sum(x, axes), shape);
}

type Pair = readonly [tf.Tensor, tf.Tensor];

/** A gradient of a kernel of `a` and `b` by its two factors of `dy`. */
function broadcasting(kernelName: string, factors: (a: tf.Tensor, b: tf.Tensor) => Pair): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const [byA, byB] = factors(a, b);
      return {
        a: () => sumTo(tf.mul(dy as tf.Tensor, byA), a.shape),
        b: () => sumTo(tf.mul(dy as tf.Tensor, byB), b.shape),
      };
    },
  };
}

const indicator = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, 'float32');

/**
 * Comparisons are constant wherever they have a gradient, and so are whole quotients; without one,
 * `tf.where(tf.greater(x, 0), x, y)` has none either.
 */
function constant(kernelName: string, inputs: readonly string[]): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_, saved) =>
      Object.fromEntries(saved.map(({ shape }, index) => [inputs[index] as string, () => tf.zeros(shape)])),
  };
}

const COMPARISONS = [tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual];

const cumsum: tf.GradConfig = {
  kernelName: tf.Cumsum,
  gradFunc: (dy, _saved, attrs) => {
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumsumAttrs;
    return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
  },
};

/** Each element of the result came from one of the input: their gradients are added up there. */
const mirrorPad: tf.GradConfig = {
  kernelName: tf.MirrorPad,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const { paddings, mode } = attrs as unknown as tf.MirrorPadAttrs;
    const y = dy as tf.Tensor;
    const origins = mirrorOrigins(x.shape, paddings, mode === 'reflect' ? 1 : 0);
    return {
      x: () =>
        tf.reshape(
          tf.unsortedSegmentSum(tf.reshape(y, [y.size]), tf.tensor1d(origins, 'int32'), x.size),
          x.shape,
        ),
    };
  },
};

/** For each element of the padded tensor, in order, the flat position it was copied from. */
function mirrorOrigins(
  shape: number[],
  paddings: readonly (readonly [number, number])[],
  skip: number,
): number[] {
  return shape.reduce(
    (origins, size, axis) => {
      const along = mirrorPositions(size, paddings[axis] ?? [0, 0], skip);
      return origins.flatMap((origin) => along.map((position) => origin * size + position));
    },
    [0],
  );
}

/** For each position along a padded axis, the one it mirrors; `skip` is 1 where the edge itself is not repeated. */
export function mirrorPositions(
  size: number,
  [before, after]: readonly [number, number],
  skip: number,
): readonly number[] {
  return Array.from({ length: before + size + after }, (_, index) => {
    const position = index - before;
    if (position < 0) return -position - 1 + skip;
    return position < size ? position : 2 * size - position - 1 - skip;
  });
}

type Resize = typeof tf.image.resizeBilinear;

/**
 * Resizing is linear, and works along each axis on its own: y = R x Cᵀ with one matrix for the rows and one for the
 * columns, so that dx = Rᵀ dy C. (tf.js's cpu kernels go wrong for batches, or for images that are not square.)
 */
function resizing(kernelName: string, resize: Resize): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['images'],
    gradFunc: (dy, saved, attrs) => {
      const [images] = saved as [tf.Tensor4D];
      const { alignCorners, halfPixelCenters, size } = attrs as unknown as tf.ResizeBilinearAttrs;
      const [, height, width] = images.shape;
      /** What a column of `from` pixels becomes: the matrix [to, from]. */
      const matrix = (from: number, to: number): tf.Tensor2D => {
        const columns = tf.reshape(tf.eye(from), [1, from, 1, from]) as tf.Tensor4D;
        return tf.reshape(resize(columns, [to, 1], alignCorners, halfPixelCenters), [to, from]);
      };
      return {
        images: () => {
          const rows = alongAxis(dy as tf.Tensor, 1, matrix(height, size[0]));
          return alongAxis(rows, 2, matrix(width, size[1]));
        },
      };
    },
  };
}

/** Multiplies the vectors that lie along an axis by a matrix [old size, new size]. */
function alongAxis(x: tf.Tensor, axis: number, matrix: tf.Tensor2D): tf.Tensor {
  const last = x.rank - 1;
  const swapped = x.shape.map((_, each) => (each === axis ? last : each === last ? axis : each));
  const moved = tf.transpose(x, swapped);
  const product = tf.matMul(tf.reshape(moved, [-1, x.shape[axis] as number]), matrix);
  return tf.transpose(tf.reshape(product, [...moved.shape.slice(0, -1), matrix.shape[1]]), swapped);
}

const corrections: readonly tf.GradConfig[] = [
  ...averagePools,
  ...[...COMPARISONS, tf.LogicalAnd, tf.LogicalOr, tf.FloorDiv].map((kernel) => constant(kernel, ['a', 'b'])),
  constant(tf.LogicalNot, ['x']),
  cumsum,
  ...dilatedConvolutions,
  einsumGradient,
  maxPool3dGradient,
  mirrorPad,
  ...missingGradients,
  resizing(tf.ResizeBilinear, tf.image.resizeBilinear),
  resizing(tf.ResizeNearestNeighbor, tf.image.resizeNearestNeighbor),
  broadcasting(tf.Maximum, (a, b) => [indicator(tf.greaterEqual(a, b)), indicator(tf.less(a, b))]),
  broadcasting(tf.Minimum, (a, b) => [indicator(tf.lessEqual(a, b)), indicator(tf.greater(a, b))]),
  broadcasting(tf.SquaredDifference, (a, b) => {
    const twice = tf.mul(2, tf.sub(a, b));
    return [twice, tf.neg(twice)];
  }),
];
