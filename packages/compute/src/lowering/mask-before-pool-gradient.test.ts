import { seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import { createOnnxEngine } from '../engines/onnx-engine.js';
import type { KernelGraph } from '../graph/kernel-graph.js';
import * as tf from '../tensorflow/tf.js';
import { compileGraph } from './compile-graph.js';
import { maskBeforePoolGradient } from './mask-before-pool-gradient.js';

const gradient = localComputation({ x: { kind: 'tensor', dtype: 'float32', shape: [1, 4, 4, 1] } }, ({ x }) =>
  tf.grad((image: tf.Tensor) => tf.maxPool(tf.relu(image as tf.Tensor4D), 2, 2, 'valid'))(x),
);

const kernels = ({ nodes }: KernelGraph): string[] =>
  nodes.flatMap((node) => (node.op === 'kernel' ? [node.kernel] : []));

describe('maskBeforePoolGradient', () => {
  it('masks the pooled gradient instead of the field when a relu stands before the pooling', () => {
    const before = gradient.body as KernelGraph;
    expect(kernels(before).slice(-3)).toEqual(['MaxPoolGrad', 'Step', 'Multiply']);
    expect(kernels(maskBeforePoolGradient(before)).slice(-2)).toEqual(['Multiply', 'MaxPoolGrad']);
  });

  it('takes the bias and the relu of maxima, which are fewer', () => {
    const network = localComputation(
      {
        x: { kind: 'tensor', dtype: 'float32', shape: [1, 4, 4, 2] },
        bias: { kind: 'tensor', dtype: 'float32', shape: [2] },
      },
      ({ x, bias }) => tf.maxPool(tf.relu(tf.add(x, bias)) as tf.Tensor4D, 2, 2, 'valid'),
    );
    const before = network.body as KernelGraph;
    expect(kernels(before)).toEqual(['Add', 'Relu', 'MaxPool']);
    // What nothing reads any more is left behind by the passes that follow.
    expect(kernels(maskBeforePoolGradient(before))).toEqual(['Add', 'Relu', 'MaxPool', 'Add', 'Relu']);
  });

  // Windows: a plain maximum, a tie (the first wins), all negative (no gradient), a zero beside negatives (none).
  it('gives the gradient of relu and pooling, ties and dead windows included', async () => {
    const rows = [
      [1, 2, 5, 0],
      [3, 0, 5, 1],
      [-1, -2, 0, -1],
      [-3, -4, -1, -2],
    ];
    const x = tensor('float32', [1, 4, 4, 1], Float32Array.from(rows.flat()));
    const engine = await createOnnxEngine();
    const graph = await engine.load(compileGraph(gradient));
    const [dx] = (await graph.run([x], seedFrom(0))) as [Tensor];
    const expected = [
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    expect([...(dx.data as Float32Array)]).toEqual(expected.flat());
    await engine.dispose();
  });
});
