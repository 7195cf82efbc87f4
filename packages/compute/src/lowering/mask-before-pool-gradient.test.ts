import { seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import { createOnnxEngine } from '../engines/onnx/onnx-engine.js';
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
  test('masks the pooled gradient instead of the field when a relu stands before the pooling', () => {
    const before = gradient.body as KernelGraph;
    expect(kernels(before).slice(-3)).toEqual(['MaxPoolGrad', 'Step', 'Multiply']);
    expect(kernels(maskBeforePoolGradient(before)).slice(-2)).toEqual(['Multiply', 'MaxPoolGrad']);
  });

  test('takes the bias and the relu of maxima, which are fewer', () => {
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

  // One channel becomes three; by windows, the maxima of x are 4 and 8, and relu(max + b) is 5, 2, 4 and 9, 6, 8.
  test('leaves a vector that widens the field', async () => {
    const float = (...shape: number[]) => ({ kind: 'tensor', dtype: 'float32', shape }) as const;
    const widened = localComputation({ x: float(1, 2, 4, 1), b: float(3) }, ({ x, b }) =>
      tf.maxPool(tf.relu(tf.add(x, b)) as tf.Tensor4D, 2, 2, 'valid'),
    );
    // The relu alone is taken of the maxima; the sum is not made anew there.
    const rewritten = kernels(maskBeforePoolGradient(widened.body as KernelGraph));
    expect(rewritten.filter((kernel) => kernel === 'Add')).toHaveLength(1);
    const engine = await createOnnxEngine();
    const graph = await engine.load(compileGraph(widened));
    const x = tensor('float32', [1, 2, 4, 1], Float32Array.of(1, 2, 5, 6, 3, 4, 7, 8));
    const inputs = [x, tensor('float32', [3], Float32Array.of(1, -2, 0))];
    const [pooled] = (await graph.run(inputs, seedFrom(0))) as [Tensor];
    expect(pooled.shape).toEqual([1, 1, 2, 3]);
    expect([...(pooled.data as Float32Array)]).toEqual([5, 2, 4, 9, 6, 8]);
    await engine.dispose();
  });

  test('sums the pooled gradient for the gradient of the bias', async () => {
    const float = (...shape: number[]) => ({ kind: 'tensor', dtype: 'float32', shape }) as const;
    const biasGradient = localComputation({ x: float(1, 2, 4, 1), bias: float(1) }, ({ x, bias }) =>
      tf.grad((b: tf.Tensor) => tf.maxPool(tf.relu(tf.add(x, b)) as tf.Tensor4D, 2, 2, 'valid'))(bias),
    );
    const rewritten = maskBeforePoolGradient(biasGradient.body as KernelGraph);
    const [sum] = rewritten.nodes.filter((node) => node.op === 'kernel' && node.kernel === 'Sum');
    const source = sum?.op === 'kernel' ? rewritten.values[sum.inputs['x'] as number] : undefined;
    expect(source?.shape).toEqual([1, 1, 2, 1]);
    // Maxima 3 + 1 and −1 + 1: the second is not positive, and gives the bias no gradient.
    const engine = await createOnnxEngine();
    const graph = await engine.load(compileGraph(biasGradient));
    const x = tensor('float32', [1, 2, 4, 1], Float32Array.of(1, 2, -3, -4, 3, 0, -1, -2));
    const inputs = [x, tensor('float32', [1], Float32Array.of(1))];
    const [db] = (await graph.run(inputs, seedFrom(0))) as [Tensor];
    expect([...(db.data as Float32Array)]).toEqual([1]);
    await engine.dispose();
  });

  // Windows: a plain maximum, a tie (the first wins), all negative (no gradient), a zero beside negatives (none).
  test('gives the gradient of relu and pooling, ties and dead windows included', async () => {
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
