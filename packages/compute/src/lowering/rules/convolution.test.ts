import { float32, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { decodeModel, suitsWinograd } from '@starling/onnx';
import { operatorsOf, windowOf } from '@starling/onnx/testing';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import { createOnnxEngine } from '../../engines/onnx/onnx-engine.js';
import * as tf from '../../tensorflow/tf.js';
import { compileGraph } from '../compile-graph.js';

type Shape4 = [number, number, number, number];

/**
 * The definition, in float64: for every window of every image, what a pair of an input pixel and an output pixel has to
 * do with each other.
 */
function eachProduct(
  [n, h, w, inputs]: Shape4,
  outputs: number,
  pad: number,
  visit: (x: number, tap: number, y: number) => void,
): void {
  const [outH, outW] = [h + 2 * pad - 2, w + 2 * pad - 2];
  for (let image = 0; image < n; image++)
    for (let row = 0; row < outH; row++)
      for (let column = 0; column < outW; column++)
        for (let a = 0; a < 3; a++)
          for (let b = 0; b < 3; b++) {
            const [r, c] = [row + a - pad, column + b - pad];
            if (r < 0 || r >= h || c < 0 || c >= w) continue;
            for (let i = 0; i < inputs; i++)
              for (let o = 0; o < outputs; o++)
                visit(
                  ((image * h + r) * w + c) * inputs + i,
                  ((a * 3 + b) * inputs + i) * outputs + o,
                  ((image * outH + row) * outW + column) * outputs + o,
                );
          }
}

let state = 1;
const noise = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const draw = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, noise);

const [inChannels, outChannels] = [32, 32];

describe('winogradConvolution, winogradInputGradient, winogradFilterGradient', () => {
  // Tiles that cover the output exactly, that reach beyond it, and images with a border of zeros.
  test.each([
    { pad: 'valid', shape: [16, 10, 10, inChannels] },
    { pad: 'valid', shape: [11, 9, 13, inChannels] },
    { pad: 'same', shape: [16, 7, 8, inChannels] },
  ] as { pad: 'valid' | 'same'; shape: Shape4 }[])(
    'give a convolution and its gradients for $shape, padding $pad',
    async ({ pad, shape }) => {
      const [n, h, w] = shape;
      const border = pad === 'same' ? 1 : 0;
      const yShape: Shape4 = [n, h + 2 * border - 2, w + 2 * border - 2, outChannels];
      const filterShape: Shape4 = [3, 3, inChannels, outChannels];
      const local = localComputation(
        { x: float32(...shape), filter: float32(...filterShape), dy: float32(...yShape) },
        ({ x, filter, dy }) => {
          const convolved = (image: tf.Tensor, taps: tf.Tensor) =>
            tf.conv2d(image as tf.Tensor4D, taps as tf.Tensor4D, 1, pad);
          const [dx, df] = tf.grads((image, taps) => tf.sum(tf.mul(convolved(image, taps), dy)))([x, filter]);
          return { y: convolved(x, filter), dx: dx as tf.Tensor, df: df as tf.Tensor };
        },
      );
      const artifact = compileGraph(local);
      expect(operatorsOf(decodeModel(artifact.onnx as Uint8Array))).not.toContain('Conv');
      const [x, filter, dy] = [draw(shape), draw(filterShape), draw(yShape)];
      const engine = await createOnnxEngine();
      const graph = await engine.load(artifact);
      const outputs = await graph.run(
        [tensor('float32', shape, x), tensor('float32', filterShape, filter), tensor('float32', yShape, dy)],
        seedFrom(0),
      );
      await engine.dispose();
      const y = new Float64Array(dy.length);
      const dx = new Float64Array(x.length);
      const df = new Float64Array(filter.length);
      eachProduct(shape, outChannels, border, (pixel, tap, place) => {
        const [a, b, g] = [x[pixel] as number, filter[tap] as number, dy[place] as number];
        y[place] = (y[place] as number) + a * b;
        dx[pixel] = (dx[pixel] as number) + g * b;
        df[tap] = (df[tap] as number) + g * a;
      });
      // Rounding of float32 by this algorithm is about 2 to 3 times that of the plain sum: 1e-6 of the largest result.
      [y, dx, df].forEach((expected, index) => {
        const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        const { data } = outputs[index] as Tensor;
        const worst = expected.reduce((w, value, i) => Math.max(w, Math.abs(value - Number(data[i]))), 0);
        expect(worst / scale).toBeLessThan(4e-6);
      });
    },
  );
});

describe('suitsWinograd', () => {
  const window = windowOf([20, 26, 26, 32], [3, 3, 32, 64], 'valid');

  test('takes 3 × 3 convolutions with many channels and tiles, and no others', () => {
    expect(suitsWinograd(window)).toBe(true);
    expect(suitsWinograd({ ...window, filterHeight: 5 })).toBe(false);
    expect(suitsWinograd({ ...window, strideWidth: 2 })).toBe(false);
    expect(suitsWinograd({ ...window, dilationWidth: 2 })).toBe(false);
    expect(suitsWinograd({ ...window, inChannels: 8 })).toBe(false);
    expect(suitsWinograd({ ...window, inChannels: 16, outChannels: 32 })).toBe(false);
    // One image has 6 × 6 = 36 tiles.
    expect(suitsWinograd({ ...window, batchSize: 1 })).toBe(false);
    // 5 × 5 outputs are 25 of the 64 that 2 × 2 tiles compute.
    expect(suitsWinograd({ ...window, outHeight: 5, outWidth: 5 })).toBe(false);
  });

  // 36 positions × 36 tiles × 64 channels × 200 images = 16.6 million; 2^24 are 16.8 million.
  test('leaves batches whose transforms would take too much memory', () => {
    expect(suitsWinograd({ ...window, batchSize: 200 })).toBe(true);
    expect(suitsWinograd({ ...window, batchSize: 210 })).toBe(false);
  });
});

describe('winogradConvolution', () => {
  test('gives exact zeros for patches of zeros, whatever else their tile holds', async () => {
    const [shape, filterShape] = [
      [16, 10, 10, inChannels] as Shape4,
      [3, 3, inChannels, outChannels] as Shape4,
    ];
    const local = localComputation(
      { x: float32(...shape), filter: float32(...filterShape) },
      ({ x, filter }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
    );
    // Of both signs, and only in two pixels of each image: (1, 1), whose channels add up to 0, and (6, 3).
    const x = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let image = 0; image < shape[0]; image++)
      for (let channel = 0; channel < inChannels; channel++) {
        x[((image * 10 + 1) * 10 + 1) * inChannels + channel] =
          (channel % 2 === 0 ? 1 : -1) * (1 + (channel >> 1));
        x[((image * 10 + 6) * 10 + 3) * inChannels + channel] = noise();
      }
    const engine = await createOnnxEngine();
    const loaded = await engine.load(compileGraph(local));
    const [y] = await loaded.run(
      [tensor('float32', shape, x), tensor('float32', filterShape, draw(filterShape))],
      [1, 2],
    );
    await engine.dispose();
    y?.data.forEach((value: unknown, place: number) => {
      const pixel = Math.floor(place / outChannels) % 64;
      const [row, column] = [Math.floor(pixel / 8), pixel % 8];
      const sees = (r: number, c: number): boolean =>
        row <= r && r <= row + 2 && column <= c && c <= column + 2;
      expect(value === 0, `pixel ${row}, ${column}`).toBe(!sees(1, 1) && !sees(6, 3));
    });
  });
});
