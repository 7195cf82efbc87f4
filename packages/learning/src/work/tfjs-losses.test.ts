// Every loss of tf.js trains alike on both engines, and its gradient leaves out padding: one epoch of client work, with
// a short last batch.
import { createOnnxEngine, createTfjsEngine, type Engine, localRunner, tf, tfl } from '@starling/compute';
import { float32, generator, seedFrom, struct, tensor } from '@starling/federated-core';
import { flatten } from '@starling/federated-core/plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Loss } from '../losses/loss.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { localTraining } from './local-training.js';

const NONE = tf.Reduction.NONE;
const meanOver = (losses: tf.Tensor): tf.Tensor => tf.mean(losses, -1);

/** Of labels in (0, 1) that add up to 1, and outputs of a softmax. */
const losses: Readonly<Record<string, Loss>> = {
  binaryCrossentropy: tfl.metrics.binaryCrossentropy,
  categoricalCrossentropy: tfl.metrics.categoricalCrossentropy,
  cosineProximity: tfl.metrics.cosineProximity,
  meanAbsoluteError: tfl.metrics.meanAbsoluteError,
  meanAbsolutePercentageError: tfl.metrics.meanAbsolutePercentageError,
  meanSquaredError: tfl.metrics.meanSquaredError,
  absoluteDifference: (y, z) => meanOver(tf.losses.absoluteDifference(y, z, undefined, NONE)),
  cosineDistance: (y, z) => tf.reshape(tf.losses.cosineDistance(y, z, 1, undefined, NONE), [-1]),
  hingeLoss: (y, z) => meanOver(tf.losses.hingeLoss(y, z, undefined, NONE)),
  huberLoss: (y, z) => meanOver(tf.losses.huberLoss(y, z, undefined, 0.1, NONE)),
  logLoss: (y, z) => meanOver(tf.losses.logLoss(y, z, undefined, 1e-7, NONE)),
  sigmoidCrossEntropy: (y, z) => meanOver(tf.losses.sigmoidCrossEntropy(y, z, undefined, 0.1, NONE)),
  softmaxCrossEntropy: (y, z) => tf.losses.softmaxCrossEntropy(y, z, undefined, 0.1, NONE),
};

const EXAMPLES = 5;
const example = struct({ x: float32(6), y: float32(3) });
const random = generator(seedFrom(4));
const data = {
  length: EXAMPLES,
  columns: {
    x: tensor('float32', [EXAMPLES, 6], Float32Array.from({ length: EXAMPLES * 6 }, random.normal)),
    y: tensor(
      'float32',
      [EXAMPLES, 3],
      Float32Array.from({ length: EXAMPLES * 3 }, (_, i) => [0.2, 0.3, 0.5][i % 3] as number),
    ),
  },
};

describe('losses of tf.js', () => {
  const engines: Engine[] = [];
  beforeAll(async () => {
    engines.push(await createOnnxEngine(), await createTfjsEngine());
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

  test.each(Object.entries(losses))('%s trains alike on both engines', async (_, loss) => {
    const build = (): tfl.LayersModel =>
      tfl.sequential({ layers: [tfl.layers.dense({ units: 3, activation: 'softmax', inputShape: [6] })] });
    const model = layersModel(build, { example, loss, seed: seedFrom(1) });
    const work = localTraining(model, {
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      batchSize: 3,
      weighting: 'examples',
    });
    const argument = flatten(work.type.parameter!, { weights: model.initialWeights, data });
    const [actual = [], expected = []] = await Promise.all(
      engines.map(async (engine) => {
        const leaves = await localRunner(engine)(work, argument, seedFrom(5));
        return leaves.flatMap((leaf) => Array.from(leaf.data as Float32Array));
      }),
    );
    const largest = Math.max(...expected.map(Math.abs));
    expect(Math.max(...expected.slice(0, 18).map(Math.abs))).toBeGreaterThan(0);
    for (const [index, value] of actual.entries()) {
      expect(Math.abs(value - (expected[index] as number)) / largest).toBeLessThan(1e-5);
    }
  });
});
