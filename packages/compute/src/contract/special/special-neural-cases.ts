// Contract cases at the edges of products, convolutions, pools and resizing.
import * as tf from '../../tensorflow/tf.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import { modest, one, type SpecialCases, type Two, two, withSpecials } from './special-case.js';
import { mixedInts } from './special-draw.js';

export const multiplied: SpecialCases = (draw) => {
  const product: Two = (a, b) => tf.matMul(a, b, false, true);
  return [
    two(withSpecials(draw, [5, 7]), withSpecials(draw, [6, 7]), product),
    two(withSpecials(draw, [3, 4, 5]), withSpecials(draw, [3, 2, 5]), product),
    two(modest(draw, [3, 64]), modest(draw, [4, 64]), product),
    two(mixedInts(draw, [5, 7]), mixedInts(draw, [6, 7]), product),
    two(mixedInts(draw, [2, 3, 4]), mixedInts(draw, [2, 2, 4]), product),
  ];
};

type Convolve = typeof tf.conv2d | typeof tf.depthwiseConv2d;
type Make = typeof modest;

const CONVOLUTIONS: readonly (readonly [number[], number[], number, 'same' | 'valid'])[] = [
  [[2, 6, 6, 3], [3, 3, 3, 4], 1, 'same'],
  [[1, 8, 8, 8], [3, 3, 8, 8], 1, 'valid'],
  [[2, 7, 5, 1], [3, 2, 1, 4], 2, 'same'],
  [[1, 5, 5, 2], [1, 1, 2, 3], 1, 'valid'],
];

/** A convolution, or its gradient by one of its inputs; and with NaN and infinities in the image. */
export const convolved =
  (convolve: Convolve, result: 'forward' | 'image' | 'filter'): SpecialCases =>
  (draw) =>
    [modest, withSpecials].flatMap((make: Make) =>
      CONVOLUTIONS.map(([image, filter, stride, pad]): DrawnCase => {
        const apply = (x: tf.Tensor, k: tf.Tensor): tf.Tensor =>
          convolve(x as tf.Tensor4D, k as tf.Tensor4D, stride, pad);
        const inputs = [make(draw, image), modest(draw, filter)];
        if (result === 'forward') return { inputs, body: ([x, k]) => apply(x as tf.Tensor, k as tf.Tensor) };
        const info = tf.backend_util.computeConv2DInfo(
          image as [number, number, number, number],
          filter as [number, number, number, number],
          stride,
          1,
          pad,
          undefined,
          convolve === tf.depthwiseConv2d,
        );
        return {
          inputs: [...inputs, make(draw, info.outShape)],
          body: ([x, k, dy]) => {
            const gradients = tf.grads(apply)([x as tf.Tensor, k as tf.Tensor], dy as tf.Tensor);
            return gradients[result === 'image' ? 0 : 1] as tf.Tensor;
          },
        };
      }),
    );

export type Pool = typeof tf.maxPool;

export const pooled =
  (pool: Pool, isGradient: boolean, makes: readonly Make[]): SpecialCases =>
  (draw) =>
    makes.flatMap((make) =>
      (['same', 'valid'] as const).map((pad): DrawnCase => {
        const apply = (x: tf.Tensor): tf.Tensor => pool(x as tf.Tensor4D, [2, 3], 2, pad);
        const image = make(draw, [2, 5, 6, 3]);
        if (!isGradient) return one(image, apply);
        const size = pad === 'same' ? [2, 3, 3, 3] : [2, 2, 2, 3];
        return two(image, make(draw, size), (x, dy) => tf.grad(apply)(x, dy));
      }),
    );

type Resize = typeof tf.image.resizeBilinear;

export const resized =
  (resize: Resize, make: Make): SpecialCases =>
  (draw) =>
    [false, true].flatMap((halfPixelCenters) => [
      one(make(draw, [2, 3, 4, 2]), (x) => resize(x as tf.Tensor4D, [6, 12], false, halfPixelCenters)),
    ]);
