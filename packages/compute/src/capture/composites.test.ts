import { int32, type LocalComputation, type Tensor } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { assertAgree, captured, eagerly, runOn } from '../engines/contract/agreement.js';
import { Draw } from '../engines/contract/draw.js';
import { createTfjsEngine } from '../engines/tfjs-engine.js';
import { isKernel } from '../graph/kernels.js';
import * as tf from '../tensorflow/tf.js';
import { composites } from './composites.js';
import { kernelGraphOf, localComputation } from './local-computation.js';

type Op = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

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
  it.each(Object.keys(composites).map((name) => [name] as const))(
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

  it('keep element types: ones and zeros like integers are integers', () => {
    const local = localComputation({ x: int32(2) }, ({ x }) => [
      tf.onesLike(x),
      tf.zerosLike(x),
      x,
    ]) as LocalComputation;
    expect(local.type.result).toMatchObject({ elements: [int32(2), int32(2), int32(2)] });
  });
});
