// The contract suite of models: each one's test calls it.
import { createOnnxEngine, localComputation, localRunner, sequenceReduce, tf } from '@starling/compute';
import { type Dataset, seedFrom, sequence } from '@starling/federated-core';
import { checkValue, flatten } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { RESERVED_METRICS } from '../model/metric-names.js';
import type { Batch, Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';

/**
 * Tests the model that `make` makes, an equal one each time, on a dataset of at least two of its examples. Call it at
 * the top of a test file, for a model of your own too:
 *
 *     import { modelContract } from '@starling/learning/contract';
 *     import { matrixFactorization, ratings } from './matrix-factorization.js';
 *
 *     modelContract('matrixFactorization', () => matrixFactorization({ rank: 2 }), { dataset: ratings });
 */
export function modelContract(
  name: string,
  make: () => Model,
  { dataset }: { readonly dataset: Dataset },
): void {
  describe(`${name} keeps the model contract`, () => {
    test('starts from weights of its type, the same every time', () => {
      const { weights, initialWeights } = make();
      checkValue(weights, initialWeights);
      expect(make().initialWeights).toEqual(initialWeights);
    });

    test('trains weights that it has, each once', () => {
      const { weights, trainable } = make();
      expect(Object.keys(weights.elements)).toEqual(expect.arrayContaining([...trainable]));
      expect(new Set(trainable).size).toBe(trainable.length);
    });

    test('gives one loss for each example, and one number of each metric', () => {
      const model = make();
      for (const reserved of RESERVED_METRICS) expect(model.metrics).not.toContain(reserved);
      for (const training of [true, false]) {
        traced(model, 3, (weights, batch, mask) => {
          const { losses, metrics, moved } = model.forward(weights, batch, { training, mask });
          expect({ shape: losses.shape, dtype: losses.dtype }).toEqual({ shape: [3], dtype: 'float32' });
          expect(Object.keys(metrics)).toEqual(model.metrics);
          for (const values of Object.values(metrics)) expect(values.shape).toEqual([3]);
          expect(Object.keys(weights)).toEqual(expect.arrayContaining(Object.keys(moved)));
          return {};
        });
      }
    });

    test('keeps names and shapes of weights when it constrains them', () => {
      const model = make();
      traced(model, 2, (weights) => {
        expect(shapesOf(model.constrain(weights))).toEqual(shapesOf(weights));
        return {};
      });
    });

    test('gives an example the same numbers in any batch, padded or not', async () => {
      const model = make();
      const engine = await createOnnxEngine();
      const data = [
        ...flatten(model.weights, model.initialWeights),
        ...flatten(sequence(model.example), dataset),
      ];
      const totals = async (batchSize: number): Promise<readonly number[]> => {
        const work = traced(model, batchSize, (weights, batch, mask) => {
          const { losses, metrics } = model.forward(weights, batch, { training: false });
          const columns = Object.entries({ ...metrics, loss: losses });
          return Object.fromEntries(
            columns.map(([column, values]) => [column, tf.sum(tf.mul(values, mask))]),
          );
        });
        const leaves = await localRunner(engine)(work, data, seedFrom(1));
        return leaves.map((leaf) => Number(leaf.data[0]));
      };
      const alone = await totals(1);
      // A batch of one more than there are examples has a row of padding.
      for (const batchSize of [dataset.length, dataset.length + 1]) {
        const together = await totals(batchSize);
        for (const [index, total] of alone.entries()) expect(together[index]).toBeCloseTo(total, 4);
      }
      await engine.dispose();
    });
  });
}

/** A walk over batches of `batchSize`, which adds up what `step` gives: scalars by the names of metrics and `loss`. */
function traced(
  model: Model,
  batchSize: number,
  step: (weights: Tensors, batch: Batch, mask: tf.Tensor) => Tensors,
) {
  const names = [...model.metrics, 'loss'];
  return localComputation({ weights: model.weights, data: sequence(model.example) }, ({ weights, data }) => {
    const zeros: Tensors = Object.fromEntries(names.map((name) => [name, tf.scalar(0)]));
    return sequenceReduce(data.batch(batchSize), zeros, (sums, batch, mask) => {
      const terms = step(weights, batch as Batch, mask);
      return Object.fromEntries(
        Object.entries(sums).map(([name, sum]) => [name, tf.add(sum, terms[name] ?? tf.scalar(0))]),
      );
    });
  });
}

function shapesOf(tensors: Tensors): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}
