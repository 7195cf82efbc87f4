import { int32, type LocalComputation, type Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { assertAgree, captured, eagerly, runOn } from '../../contract/drawing/agreement.js';
import { Draw } from '../../contract/drawing/draw.js';
import { createTfjsEngine } from '../../engines/tfjs/tfjs-engine.js';
import { isKernel } from '../../graph/kernels.js';
import * as tf from '../../tensorflow/tf.js';
import { kernelGraphOf, localComputation } from '../local-computation.js';
import { composites } from './composites.js';

type Op = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

/** Strides and paddings of windows over volumes. */
const WINDOWS = [
  [1, 'valid'],
  [[2, 1, 2], 'same'],
  [[1, 2, 1], 'same'],
  [2, 'valid'],
] as const satisfies readonly (readonly [number | readonly number[], string])[];

/** Composites of volumes, each in windows of different strides and paddings. */
function volumes(): Record<string, readonly (readonly [number[], Op])[]> {
  type Strides = [number, number, number];
  const each = (
    make: (strides: Strides, pad: 'valid' | 'same') => Op,
  ): readonly (readonly [number[], Op])[] =>
    WINDOWS.map(([strides, pad]) => [[2, 5, 4, 6, 2], make(strides as unknown as Strides, pad)]);
  const filter = tf.reshape(tf.sin(tf.range(0, 72)), [3, 2, 3, 2, 2]) as tf.Tensor5D;
  const convolved = (strides: Strides, pad: 'valid' | 'same') => (x: tf.Tensor, by: tf.Tensor) =>
    tf.conv3d(x as tf.Tensor5D, by as tf.Tensor5D, strides, pad);
  const gradients = (f: (x: tf.Tensor, by: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) =>
    tf.grads((y: tf.Tensor, by: tf.Tensor) => tf.square(f(y, by)))([x, filter]);
  const pooled =
    (pool: typeof tf.maxPool3d) =>
    (strides: Strides, pad: 'valid' | 'same'): Op =>
    (x) =>
      pool(x as tf.Tensor5D, [2, 3, 2], strides, pad);
  const gradient =
    (
      make: (strides: Strides, pad: 'valid' | 'same') => Op,
    ): ((...window: [Strides, 'valid' | 'same']) => Op) =>
    (...window) =>
    (x) =>
      tf.grad((y: tf.Tensor) => tf.square(make(...window)(y) as tf.Tensor))(x);
  return {
    AvgPool3D: each(pooled(tf.avgPool3d)),
    AvgPool3DGrad: each(gradient(pooled(tf.avgPool3d))),
    Conv3D: [
      ...each(
        (...window) =>
          (x) =>
            convolved(...window)(x, filter),
      ),
      [[1, 7, 5, 6, 2], (x) => tf.conv3d(x as tf.Tensor5D, filter, 1, 'valid', 'NDHWC', [2, 1, 2])],
    ],
    Conv3DBackpropFilterV2: each((...window) => gradients(convolved(...window))),
    Conv3DBackpropInputV2: [
      ...each((...window) => gradients(convolved(...window))),
      [
        [1, 2, 3, 2, 2],
        gradients((x, by) =>
          tf.conv3dTranspose(x as tf.Tensor5D, by as tf.Tensor5D, [1, 4, 6, 4, 2], 2, 'same'),
        ),
      ],
    ],
    MaxPool3D: [...each(pooled(tf.maxPool3d)), ...each(gradient(pooled(tf.maxPool3d)))],
  };
}

/** Operations that call each composite, on a tensor of the shape. */
const calls: Record<keyof typeof composites & string, readonly (readonly [number[], Op])[]> = {
  _FusedMatMul: (['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).map((activation) => [
    [3, 4],
    (x) =>
      tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: tf.ones([4, 2]),
        bias: tf.tensor1d([-1, 1]),
        activation,
        leakyreluAlpha: 0.3,
      }),
  ]),
  ...volumes(),
  AddN: [[[2, 3], (x) => tf.addN([x, tf.square(x), x])]],
  BatchToSpaceND: [
    [
      [8, 2, 3, 1],
      (x) =>
        tf.batchToSpaceND(
          x,
          [2, 2],
          [
            [0, 1],
            [1, 0],
          ],
        ),
    ],
  ],
  DepthToSpace: [[[2, 2, 3, 8], (x) => tf.depthToSpace(x as tf.Tensor4D, 2)]],
  Diag: [
    [[3], (x) => tf.diag(x)],
    [[2, 2], (x) => tf.diag(x)],
  ],
  Einsum: [[[2, 3, 4], (x) => tf.einsum('bij,bkj->bik', x, x)]],
  ExpandDims: [[[2, 3], (x) => [tf.expandDims(x, 1), tf.expandDims(x, -1)]]],
  FlipLeftRight: [[[1, 2, 3, 1], (x) => tf.image.flipLeftRight(x as tf.Tensor4D)]],
  FusedBatchNorm: [
    [[2, 3], (x) => tf.batchNorm(x, tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6]))],
    [[2, 3], (x) => tf.batchNorm(x, tf.zeros([3]), tf.ones([3]), tf.ones([3]), tf.tensor1d([2, 3, 4]), 0.5)],
  ],
  FusedConv2D: [
    [
      [1, 4, 4, 2],
      (x) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: tf.ones([2, 2, 2, 3]),
          strides: 1,
          pad: 'same',
          bias: tf.tensor1d([1, 2, 3]),
          activation: 'relu',
        }),
    ],
  ],
  FusedDepthwiseConv2D: [
    [
      [1, 4, 4, 2],
      (x) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: tf.ones([2, 2, 2, 1]),
          strides: 2,
          pad: 'valid',
          activation: 'prelu',
          preluActivationWeights: tf.scalar(0.5),
        }),
    ],
  ],
  LinSpace: [[[5], (x) => tf.add(x, tf.linspace(-1, 1, 5))]],
  LRN: [[[1, 2, 3, 6], (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1.5, 0.5, 0.75)]],
  LRNGrad: [
    [
      [1, 2, 3, 6],
      (x) =>
        tf.grad((y: tf.Tensor) => tf.square(tf.localResponseNormalization(y as tf.Tensor4D, 1, 1, 0.3, 0.6)))(
          x,
        ),
    ],
  ],
  LogSoftmax: [
    // tf.logSoftmax does without its kernel, which some backends have all the same.
    [[2, 3], (x) => tf.sub(tf.logSoftmax(x), 0)],
  ],
  MirrorPad: [
    [
      [3, 4],
      (x) =>
        tf.mirrorPad(
          x,
          [
            [2, 1],
            [0, 3],
          ],
          'reflect',
        ),
    ],
    [
      [3, 4],
      (x) =>
        tf.mirrorPad(
          x,
          [
            [3, 1],
            [0, 4],
          ],
          'symmetric',
        ),
    ],
  ],
  OnesLike: [[[2, 3], (x) => tf.add(x, tf.onesLike(x))]],
  Pack: [[[2, 3], (x) => [tf.stack([x, tf.neg(x)], 1), tf.stack([x, x], -1)]]],
  Prelu: [[[2, 3], (x) => tf.prelu(x, tf.tensor1d([0.1, 0.2, 0.3]))]],
  Range: [[[4], (x) => [tf.mul(x, tf.range(0, 4)), tf.mul(x, tf.range(5, 1, -1))]]],
  SpaceToBatchND: [
    [
      [1, 4, 5, 2],
      (x) =>
        tf.spaceToBatchND(
          x,
          [2, 3],
          [
            [0, 2],
            [1, 0],
          ],
        ),
    ],
  ],
  SplitV: [[[2, 6], (x) => [...tf.split(x, 3, 1), ...tf.split(x, [1, 3, 2], -1)]]],
  StridedSlice: [
    [[5, 6], (x) => tf.stridedSlice(x, [0, 5], [5, 0], [2, -2])],
    [[5, 6], (x) => tf.stridedSlice(x, [1, 0], [2, 4], [1, 1], 0, 0, 0, 0, 1)],
  ],
  Unpack: [[[2, 3], (x) => [...tf.unstack(x), ...tf.unstack(x, 1)]]],
  ZerosLike: [[[2, 3], (x) => tf.concat([x, tf.zerosLike(x)])]],
};

describe('composites', () => {
  test.each(Object.keys(composites).map((name) => [name] as const))(
    '%s is recorded as parts with its values',
    async (name) => {
      const engine = await createTfjsEngine();
      for (const [shape, op] of calls[name] ?? []) {
        const inputs: readonly Tensor[] = [new Draw(3).floats(shape)];
        const body = ([x]: readonly tf.Tensor[]) => op(x as tf.Tensor);
        const local = captured(name, inputs, body);
        for (const node of kernelGraphOf(local).nodes)
          expect(node.op === 'kernel' && isKernel(node.kernel)).toBe(true);
        assertAgree(name, await runOn(engine, local, inputs), eagerly(inputs, body));
      }
      expect(calls[name]?.length).toBeGreaterThan(0);
    },
  );

  // d/dx Σ (f(3x) · x) with f the identity is 6x: a result that were its input would count twice, and give 9x.
  test.each<readonly [string, Op]>([
    ['AddN of one', (x) => tf.addN([x])],
    ['Einsum of one', (x) => tf.einsum('ij->ij', x)],
    [
      'MirrorPad of nothing',
      (x) =>
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [0, 0],
          ],
          'reflect',
        ),
    ],
    ['Pack of one', (x) => tf.reshape(tf.stack([x]), [2, 3])],
    [
      'SpaceToBatchND of blocks of one',
      (x) =>
        tf.reshape(
          tf.spaceToBatchND(
            tf.reshape(x, [1, 2, 3, 1]),
            [1, 1],
            [
              [0, 0],
              [0, 0],
            ],
          ),
          [2, 3],
        ),
    ],
    [
      'DepthToSpace of blocks of one',
      (x) =>
        tf.reshape(
          tf.batchToSpaceND(
            tf.reshape(x, [1, 2, 3, 1]),
            [1, 1],
            [
              [0, 0],
              [0, 0],
            ],
          ),
          [2, 3],
        ),
    ],
  ])('%s has the gradient of the identity', async (name, identity) => {
    const engine = await createTfjsEngine();
    const inputs = [new Draw(3).floats([2, 3])];
    const body = ([x]: readonly tf.Tensor[]) =>
      tf.grad((y: tf.Tensor) => tf.sum(tf.mul(identity(tf.mul(y, 3)) as tf.Tensor, y)))(x as tf.Tensor);
    const expected = Float32Array.from(inputs[0]!.data as Float32Array, (x) => 6 * x);
    const [actual] = await runOn(engine, captured(name, inputs, body), inputs);
    expect([...(actual!.data as Float32Array)].map((x, at) => Math.abs(x - expected[at]!) < 1e-4)).toEqual(
      Array(6).fill(true),
    );
  });

  test('keep element types: ones and zeros like integers are integers', () => {
    const local = localComputation({ x: int32(2) }, ({ x }) => [
      tf.onesLike(x),
      tf.zerosLike(x),
      x,
    ]) as LocalComputation;
    expect(local.type.result).toMatchObject({ elements: [int32(2), int32(2), int32(2)] });
  });
});
