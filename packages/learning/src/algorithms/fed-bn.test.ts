import { createOnnxEngine, localRunner, tf, tfl } from '@starling/compute';
import { evaluate, evaluateRound, float32, type HostValue, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { fedBN } from './fed-bn.js';

const { batchNormalization, dense } = tfl.layers;
/** w (γ x̂ + β), with x̂ by mean and variance of the batch. */
const model = layersModel(
  () =>
    tfl.sequential({
      layers: [
        batchNormalization({ inputShape: [1], momentum: 0.5, epsilon: 1e-7 }),
        dense({ units: 1, useBias: false, kernelInitializer: 'ones' }),
      ],
    }),
  {
    example: struct({ x: float32(), y: float32() }),
    features: ({ x }: { readonly x: tf.Tensor }) => tf.expandDims(x, -1),
    labels: ({ y }: { readonly y: tf.Tensor }) => tf.expandDims(y, -1),
    loss: meanSquaredError,
  },
);
const options = { model, clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 2 } as const;

describe('fedBN', () => {
  test('`fedBN` is what two clients give by hand', async () => {
    // Both have x̂ = −1, 1. With e = w (γ x̂ + β) − y the gradients are the means of 2 e (γ x̂ + β) for w, of
    // 2 e w x̂ for γ and of 2 e w for β. Round 1 from w = γ = 1, β = 0:
    //   A, y = −2, 2: e = 1, −1, so −2, −2 and 0: w = γ = 1.2, β = 0; averages (0 + 1) / 2 and (1 + 1) / 2
    //   B, y = −1, 5: e = 0, −4, so −4, −4 and −4: w = γ = 1.4, β = 0.4; averages (0 + 12) / 2 and (1 + 4) / 2
    // w is 1.3 for all. Round 2:
    //   A: γ x̂ + β = −1.2, 1.2, e = 0.44, −0.44: for w −1.056, so 1.4056; for γ mean(2 · 0.44 · 1.3 · −1 twice) =
    //      −1.144, so 1.3144
    //   B: γ x̂ + β = −1, 1.8, e = −0.3, −2.66: for w (0.6 − 9.576) / 2 = −4.488, so 1.7488; for γ (0.78 − 6.916) /
    //      2 = −3.068, so 1.7068; for β (−0.78 − 6.916) / 2 = −3.848, so 0.7848
    const data = [points([0, -2], [2, 2]), points([10, -1], [14, 5])];
    const process = fedBN(options);
    const engine = await createOnnxEngine();
    const run = localRunner(engine);
    let state = (await evaluate(process.initialize, undefined, { run })) as HostValue;
    let kept: ReadonlyMap<string, HostValue> = new Map();
    for (let round = 0; round < 2; round++) {
      const given = { state, data };
      const clientIds = ['a', 'b'];
      ({ state, clientStates: kept } = await evaluateRound(process, given, kept, { run, clientIds }));
    }
    await engine.dispose();
    const common = (state as unknown as { readonly model: Record<string, { readonly data: Float32Array }> })
      .model;
    expect(Object.keys(common)).toEqual(['dense_1_kernel']);
    expect(common['dense_1_kernel']!.data[0]).toBeCloseTo((1.4056 + 1.7488) / 2, 5);
    const ownOf = (client: string) => {
      const { clientWork } = kept.get(client) as unknown as {
        readonly clientWork: { readonly own: Record<string, { readonly data: Float32Array }> };
      };
      const of = (name: string) => clientWork.own[`batch_normalization_1_${name}`]!.data[0]!;
      return ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(of);
    };
    const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 4));
    // Averages move half of the way again: 0.75 and 1, 9 and 3.25.
    expect(ownOf('a')).toEqual(near([1.3144, 0, 0.75, 1]));
    expect(ownOf('b')).toEqual(near([1.7068, 0.7848, 9, 3.25]));
  });

  test('`fedBN` refuses a model without batch normalisation', () => {
    expect(() => fedBN({ ...options, model: lineModel(0) })).toThrow(
      'Cannot average by FedBN: line must have a layer of batch normalisation, got the weights w',
    );
  });
});
