import { createOnnxEngine } from '@starling/compute';
import { compileGraph } from '@starling/compute/graph';
import { generator, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { leafTypes } from '@starling/federated-core/plan';
import { expect, test } from 'vitest';
import { clientWork } from './client-work.js';
import { convolutionalGradients } from './convolutional-reference.js';
import { standardModel } from './models.js';
import { CLASSES, SIDE } from './standard-data.js';
import { workProcess } from './standard-work.js';

const BATCH = 20;
const LEARNING_RATE = 0.1;

/**
 * Pixels inked as in the standard work, one in five; of every other image only the middle, so that much of it is empty.
 */
function images(): readonly Float32Array[] {
  const random = generator(seedFrom(3));
  return Array.from({ length: BATCH }, (_, image) =>
    Float32Array.from({ length: SIDE * SIDE }, (_, pixel) => {
      const isMiddle = [Math.floor(pixel / SIDE), pixel % SIDE].every((place) => place >= 9 && place < 19);
      const ink = random.uniform() < 0.2 ? random.uniform() : 0;
      return image % 2 === 0 || isMiddle ? ink : 0;
    }),
  );
}

test('a step of the standard convolutional network is its definition in float64, from the initial weights', async () => {
  const weights = Object.values(standardModel('cnn').initialWeights);
  const [pixels, labels] = [images(), Array.from({ length: BATCH }, (_, index) => (7 * index) % CLASSES)];
  const layers = [0, 1, 2, 3];
  const expected = convolutionalGradients(
    {
      kernels: layers.map((layer) => weights[2 * layer]?.data as Float32Array),
      biases: layers.map((layer) => weights[2 * layer + 1]?.data as Float32Array),
    },
    pixels,
    labels,
  );
  const local = clientWork(workProcess('cnn'));
  const engine = await createOnnxEngine();
  const loaded = await engine.load(compileGraph(local));
  const x = Float32Array.from(pixels.flatMap((image) => [...image]));
  const data: Tensor[] = [
    tensor('float32', [BATCH, SIDE, SIDE, 1], x),
    tensor('int32', [BATCH], Int32Array.from(labels)),
  ];
  const update = await loaded.run([...weights, ...data], [1, 2]);
  await engine.dispose();
  expect(leafTypes(local.type.result).length).toBeGreaterThan(expected.length);
  expected.forEach((gradient, leaf) => {
    const got = update[leaf]?.data as Float32Array;
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const before = weights[leaf] as Tensor;
    const largestWeight = (before.data as Float32Array).reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    // A new weight w − 0.1 g is rounded by up to 2⁻²⁴ w, which is that over 0.1 to the gradient; the rest is what sums
    // of a few thousand float32 products round by.
    const bound = 4e-6 * largest + (2 ** -24 * largestWeight) / LEARNING_RATE;
    const worst = gradient.reduce(
      (most, value, place) => Math.max(most, Math.abs((got[place] as number) / LEARNING_RATE + value)),
      0,
    );
    expect(worst, `leaf ${leaf}`).toBeLessThan(bound);
  });
}, 120_000);
