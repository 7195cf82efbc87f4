// The contract suite of optimizers: each one's test calls it.
import {
  createOnnxEngine,
  createTfjsEngine,
  localComputation,
  localRunner,
  sequenceReduce,
  tf,
} from '@starling/compute';
import { float32, seedFrom, sequence, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { piecewiseRate } from '../schedules/piecewise-rate.js';
import { warmUp } from '../schedules/warm-up.js';
import type { Tensors } from '../tensors/tensors.js';
import type { LearningRate } from './learning-rate.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

export interface StepsOfOptions {
  /** Where the only weight, of one element, starts. */
  readonly weight: number;
  /** One for each step. */
  readonly gradients: readonly number[];
}

/** The weight after each step of `optimizer`. */
export function stepsOf(optimizer: Optimizer, { weight, gradients }: StepsOfOptions): number[] {
  let weights: Tensors = { w: tf.tensor1d([weight]) };
  let state = optimizer.init(weights);
  return gradients.map((gradient) => {
    ({ weights, state } = optimizer.update({ w: tf.tensor1d([gradient]) }, state, weights));
    return (weights['w'] as tf.Tensor).dataSync()[0] as number;
  });
}

/**
 * Tests the optimizers that `make` makes of learning rates: numbers and schedules. Call it at the top of a test file,
 * for an optimizer of your own too:
 *
 *     import { optimizerContract } from '@starling/learning/contract';
 *     import { lion } from './lion.js';
 *
 *     optimizerContract('lion', (learningRate) => lion({ learningRate }));
 */
export function optimizerContract(name: string, make: (learningRate: LearningRate) => Optimizer): void {
  optimizerTests(`${name} keeps the optimizer contract`, make(0.1));
  // 0.1 all along, after one step of half of it.
  optimizerTests(`${name} with a schedule keeps the optimizer contract`, make(warmUp(0.1, { overSteps: 2 })));

  test(`${name} takes each step with the rate of its count`, () => {
    const [first] = stepsOf(make(0.1), { weight: 1, gradients: [1] });
    const scheduled = make(piecewiseRate({ rates: [0.1, 0], boundarySteps: [1] }));
    // From the second step on the rate is 0, and nothing moves.
    expect(stepsOf(scheduled, { weight: 1, gradients: [1, -2, 3] })).toEqual([first, first, first]);
    expect(first).not.toBe(1);
  });

  test(`${name} throws when its learning rate is negative`, () => {
    expect(() => make(-0.1)).toThrow('learningRate must be a finite number >= 0, got -0.1');
  });
}

function optimizerTests(title: string, optimizer: Optimizer): void {
  describe(title, () => {
    test('keeps names and shapes of weights and state', () => {
      const weights = { kernel: tf.ones([2, 3]), bias: tf.zeros([3]) };
      const gradients = { kernel: tf.ones([2, 3]), bias: tf.ones([3]) };
      const state = optimizer.init(weights);
      const after = optimizer.update(gradients, state, weights);
      expect(shapesOf(after.weights)).toEqual({ kernel: [2, 3], bias: [3] });
      expect(stateShapes(after.state)).toEqual(stateShapes(state));
    });

    test('goes downhill on a parabola', () => {
      // f(w) = (w − 3)² / 2 has the gradient w − 3; from 0, every optimizer here covers a third of the way in 60 steps.
      let weights: Tensors = { w: tf.tensor1d([0]) };
      let state = optimizer.init(weights);
      for (let step = 0; step < 60; step++) {
        const gradients = { w: tf.sub(weights['w'] as tf.Tensor, 3) };
        ({ weights, state } = optimizer.update(gradients, state, weights));
      }
      const end = (weights['w'] as tf.Tensor).dataSync()[0] as number;
      expect(Math.abs(end - 3)).toBeLessThan(2);
    });

    test('gives the same within a local computation, on every engine', async () => {
      const gradients = [1, -2, 0.5, 3];
      const outside = stepsOf(optimizer, { weight: 1, gradients }).at(-1) as number;
      const local = localComputation(
        { weights: struct({ w: float32(1) }), data: sequence(float32(1)) },
        ({ weights, data }) => {
          const initial = { weights, state: optimizer.init(weights) };
          const end = sequenceReduce(data, initial, ({ weights: before, state }, gradient) =>
            optimizer.update({ w: gradient }, state, before),
          );
          return end.weights;
        },
      );
      const column = tensor('float32', [4, 1], Float32Array.from(gradients));
      for (const engine of [await createOnnxEngine(), await createTfjsEngine()]) {
        const weights = tensor('float32', [1], Float32Array.of(1));
        const [inside] = await localRunner(engine)(local, [weights, column], seedFrom(1));
        expect(inside?.data[0]).toBeCloseTo(outside, 5);
        await engine.dispose();
      }
    });

    test('leaves weights finite when the gradient is zero', () => {
      for (const weight of stepsOf(optimizer, { weight: 1, gradients: [0, 0] }))
        expect(Number.isFinite(weight)).toBe(true);
    });
  });
}

function shapesOf(tensors: Tensors): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}

function stateShapes(state: OptimizerState): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).map(([part, value]) => [
      part,
      value instanceof tf.Tensor ? value.shape : shapesOf(value),
    ]),
  );
}
