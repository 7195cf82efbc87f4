import { tfl } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { withDeferredWeights } from './deferred-weights.js';

describe('withDeferredWeights', () => {
  test('makes weights of zeros and keeps their initializers', () => {
    const { model, initializers } = withDeferredWeights(() =>
      tfl.sequential({
        layers: [
          tfl.layers.lstm({ units: 3, unitForgetBias: true, inputShape: [4, 2] }),
          tfl.layers.dense({ units: 1 }),
        ],
      }),
    );
    const weights = model.layers.flatMap((layer) => layer.weights as tfl.LayerVariable[]);
    expect(weights.map((weight) => initializers.get(weight)?.getClassName())).toEqual([
      'VarianceScaling',
      'Orthogonal',
      'CustomInit',
      'VarianceScaling',
      'Zeros',
    ]);
    for (const weight of weights)
      expect(
        weight
          .read()
          .dataSync()
          .every((value) => value === 0),
      ).toBe(true);
  });

  test('lets layers draw again afterwards, also after an error', () => {
    expect(() =>
      withDeferredWeights(() => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [3] })] });
    expect(
      model
        .getWeights()[0]
        ?.dataSync()
        .some((value) => value !== 0),
    ).toBe(true);
  });
});
