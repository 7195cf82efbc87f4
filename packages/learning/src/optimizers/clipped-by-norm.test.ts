import { tf } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { clippedByNorm } from './clipped-by-norm.js';
import { optimizerContract, stepsOf } from './contract.js';
import { sgd } from './sgd.js';

describe('clippedByNorm', () => {
  test('scales all gradients together down to the norm', () => {
    // The norm of (3, 4) is 5; scaled to 1: (0.6, 0.8).
    const optimizer = clippedByNorm(sgd({ learningRate: 1 }), { clipNorm: 1 });
    const weights = { a: tf.tensor1d([0]), b: tf.tensor1d([0]) };
    const gradients = { a: tf.tensor1d([3]), b: tf.tensor1d([4]) };
    const after = optimizer.update(gradients, optimizer.init(weights), weights).weights;
    expect(after['a']?.dataSync()[0]).toBeCloseTo(-0.6, 5);
    expect(after['b']?.dataSync()[0]).toBeCloseTo(-0.8, 5);
  });

  test('leaves gradients within the norm as they are', () => {
    const optimizer = clippedByNorm(sgd({ learningRate: 1 }), { clipNorm: 2 });
    expect(stepsOf(optimizer, { weight: 0, gradients: [1.5, 0] })).toEqual([-1.5, -1.5]);
  });

  test('shortens gradients whose squares overflow, and takes a norm from 1e-30, as clipped does', () => {
    // (−3, 4) · 1e25 has norm 5e25.
    const weights = { a: tf.tensor1d([0, 0]) };
    const gradients = { a: tf.tensor1d([-3e25, 4e25]) };
    const stepTo = (clipNorm: number): readonly number[] => {
      const optimizer = clippedByNorm(sgd({ learningRate: 1 }), { clipNorm });
      return Array.from(
        optimizer.update(gradients, optimizer.init(weights), weights).weights['a']?.dataSync() ?? [],
      );
    };
    expect(stepTo(1)[0]).toBeCloseTo(0.6, 5);
    expect(stepTo(1)[1]).toBeCloseTo(-0.8, 5);
    // 0.6e-30, as far as float32 has it.
    expect((stepTo(1e-30)[0] as number) * 1e30).toBeCloseTo(0.6, 4);
    for (const clipNorm of [0, 1e-31, 1e39]) expect(() => stepTo(clipNorm)).toThrow('from 1e-30 to 1e+38');
  });

  optimizerContract('clippedByNorm', (learningRate) => clippedByNorm(sgd({ learningRate }), { clipNorm: 1 }));
});
