import { tf, tfl } from '@starling/compute';
import { float32, int32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { layersModel } from '../models/layers-model.js';
import { groupNormalization } from './group-normalization.js';

describe('groupNormalization', () => {
  test('normalises each group of channels of each example', () => {
    // Two places of four channels in two groups. Group 1 holds 1, 3, 1, 3: mean 2, variance 1: −1, 1, −1, 1.
    // Group 2 holds 0, 0, 4, 4: mean 2, variance 4: −1, −1, 1, 1.
    const model = tfl.sequential({
      layers: [groupNormalization({ groups: 2, epsilon: 0, inputShape: [2, 4] })],
    });
    const x = tf.tensor3d([
      [
        [1, 3, 0, 0],
        [1, 3, 4, 4],
      ],
    ]);
    const outputs = (model.apply(x, { training: true }) as tf.Tensor).dataSync();
    expect([...outputs]).toEqual([-1, 1, -1, -1, -1, 1, 1, 1]);
  });

  test('is rebuilt with its groups as part of a model, and trains its scale and shift', () => {
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [groupNormalization({ groups: 2, inputShape: [2, 4] }), tfl.layers.flatten()],
        }),
      { example: struct({ x: float32(2, 4), y: int32() }), loss: softmaxCrossentropy },
    );
    expect(model.trainable).toEqual(['group_normalization_1_gamma', 'group_normalization_1_beta']);
  });

  test('throws when the groups do not divide the channels', () => {
    expect(() => tfl.sequential({ layers: [groupNormalization({ groups: 3, inputShape: [4] })] })).toThrow(
      'must be a multiple of 3 groups, got 4',
    );
  });
});
