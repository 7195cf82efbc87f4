import { float32, struct, tensor, uint8 } from '@starling/federated-core';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import * as tf from '../tensorflow/tf.js';
import { exportOnnx } from './export-onnx.js';

const weighted = localComputation(
  { weights: struct({ kernel: float32(2, 1) }), data: struct({ x: uint8(3, 2), unused: float32() }) },
  ({ weights, data }) => tf.matMul(tf.cast(data.x, 'float32'), weights.kernel),
);

describe('exportOnnx', () => {
  const kernel = tensor('float32', [2, 1], Float32Array.of(0.5, -1));
  const bytes = exportOnnx(weighted, {
    constants: new Map([['weights.kernel', kernel]]),
    nameOf: (leaf) => leaf.replace(/^\w+\./, ''),
  });

  test('holds constants, and takes the inputs that are read, by their names', async () => {
    const session = await InferenceSession.create(bytes);
    expect([session.inputNames, session.outputNames]).toEqual([['x'], ['value']]);
    const { value } = await session.run({
      x: new OrtTensor('uint8', Uint8Array.of(1, 2, 3, 4, 255, 0), [3, 2]),
    });
    // 0.5 · 1 − 2, 0.5 · 3 − 4, 0.5 · 255.
    expect([...(value!.data as Float32Array)]).toEqual([-1.5, -2.5, 127.5]);
  });

  test('gives the same bytes for the same computation', () => {
    const again = exportOnnx(weighted, {
      constants: new Map([['weights.kernel', kernel]]),
      nameOf: (leaf) => leaf.replace(/^\w+\./, ''),
    });
    expect(again).toEqual(bytes);
  });
});
