import { createOnnxEngine, localComputation, localRunner, tf, tfl } from '@starling/compute';
import { float32, seedFrom, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { withStandIns } from './layer-stand-ins.js';
import { noiseLayers } from './noise-layers.js';

const SIZE = 20_000;

/** Mean and variance of `layer`'s outputs on 20,000 elements of `value`, for a seed. */
async function moments(layer: tfl.layers.Layer, value: number, seed = 1): Promise<[number, number]> {
  const model = tfl.sequential({ layers: [layer] });
  const local = localComputation(float32(1, SIZE), (x) => {
    const outputs = withStandIns(
      model,
      noiseLayers,
      tf.ones([1]),
      () => model.apply(x, { training: true }) as tf.Tensor,
    );
    const { mean, variance } = tf.moments(outputs);
    return { mean, variance };
  });
  const engine = await createOnnxEngine();
  const x = tensor('float32', [1, SIZE], new Float32Array(SIZE).fill(value));
  const [mean, variance] = await localRunner(engine)(local, [x], seedFrom(seed));
  await engine.dispose();
  return [Number(mean?.data[0]), Number(variance?.data[0])];
}

const inputShape = [SIZE];

// Sample moments of 20,000 draws: the mean is off by σ/√20,000 = 0.007 σ; five of these are the bounds below.
describe('noiseLayers', () => {
  test('adds normal noise of the layer’s standard deviation', async () => {
    const [mean, variance] = await moments(tfl.layers.gaussianNoise({ stddev: 0.5, inputShape }), 3);
    expect(Math.abs(mean - 3)).toBeLessThan(0.018);
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.015);
  });

  test('multiplies by noise of mean 1 and variance rate / (1 − rate)', async () => {
    // rate 0.2: variance 0.25, on 2: mean 2, variance 4 · 0.25 = 1.
    const [mean, variance] = await moments(tfl.layers.gaussianDropout({ rate: 0.2, inputShape }), 2);
    expect(Math.abs(mean - 2)).toBeLessThan(0.036);
    expect(Math.abs(variance - 1)).toBeLessThan(0.06);
  });

  test('drops to a negative value and keeps the mean where it is 0', async () => {
    // On 0 with rate 0.3, a' = −1.758099: values 0 (0.7) and a' (0.3), times a = 1/√(0.7 (1 + 0.3 a'²)), moved to mean
    // 0. Variance: a² · 0.3 · 0.7 · a'² = 0.3 a'² / (1 + 0.3 a'²) = 0.92726 / 1.92726 = 0.48113.
    const [mean, variance] = await moments(tfl.layers.alphaDropout({ rate: 0.3, inputShape }), 0);
    expect(Math.abs(mean)).toBeLessThan(0.025);
    expect(Math.abs(variance - 0.4811)).toBeLessThan(0.03);
  });

  test('draws anew for another seed, and the same for the same', async () => {
    const noise = (): tfl.layers.Layer => tfl.layers.gaussianNoise({ stddev: 1, inputShape });
    expect(await moments(noise(), 0, 1)).toEqual(await moments(noise(), 0, 1));
    expect(await moments(noise(), 0, 1)).not.toEqual(await moments(noise(), 0, 2));
  });
});
