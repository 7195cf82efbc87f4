import { tf, tfl } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { namedVariables, withWeights } from './layer-variables.js';

const { bidirectional, dense, lstm } = tfl.layers;

describe('namedVariables', () => {
  test('numbers layers of a kind within the model, and weights of one name within a layer', () => {
    tfl.sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    const model = tfl.sequential({
      layers: [
        bidirectional({ layer: lstm({ units: 2, inputShape: [3, 1] }), inputShape: [3, 1] } as never),
        dense({ units: 2 }),
        dense({ units: 1, useBias: false }),
      ],
    });
    const names = [...namedVariables(model).keys()];
    expect(names.filter((name) => name.startsWith('dense'))).toEqual([
      'dense_1_kernel',
      'dense_1_bias',
      'dense_2_kernel',
    ]);
    // Both directions have a kernel, a recurrent kernel and a bias.
    expect(names.filter((name) => name.startsWith('bidirectional_1')).length).toBe(6);
    expect(new Set(names).size).toBe(9);
  });
});

describe('withWeights', () => {
  const model = tfl.sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
  const variables = namedVariables(model);
  const weights = { dense_1_kernel: tf.tensor2d([[5]]), dense_1_bias: tf.tensor1d([1]) };
  const output = (): number => (model.apply(tf.tensor2d([[2]])) as tf.Tensor).dataSync()[0] as number;

  test('lets the model read the given tensors, and its own afterwards', () => {
    model.setWeights([tf.tensor2d([[3]]), tf.tensor1d([0])]);
    expect(withWeights(variables, weights, output).result).toBe(11);
    expect(output()).toBe(6);
  });

  test('gives what was written, which later reads see', () => {
    const kernel = variables.get('dense_1_kernel') as tfl.LayerVariable;
    const { result, moved } = withWeights(variables, weights, () => {
      kernel.write(tf.tensor2d([[7]]));
      return output();
    });
    expect(result).toBe(15);
    expect(Object.keys(moved)).toEqual(['dense_1_kernel']);
    expect(moved['dense_1_kernel']?.dataSync()[0]).toBe(7);
    expect(output()).toBe(6);
  });

  test('gives the model its own weights back after an error', () => {
    expect(() =>
      withWeights(variables, weights, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(output()).toBe(6);
  });
});
