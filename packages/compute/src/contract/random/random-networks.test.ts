// Random convolutional networks, lowered with all passes and run by onnxruntime, against tf.js run eagerly.
import type { Tensor } from '@starling/federated-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.js';
import { createOnnxEngine } from '../../engines/onnx/onnx-engine.js';
import { captured, eagerly, runOn } from '../drawing/agreement.js';
import { randomNetwork } from './random-network.js';

const NETWORKS = 12;
/**
 * An activation within a rounding of a kink may fall on its other side, which moves a gradient by one element's share
 * of thousands; a pass that is wrong, be it along one edge, moves it by more.
 */
const GRADIENT_TOLERANCE = 0.02;
const LOSS_TOLERANCE = 1e-5;

const norm = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const numbersOf = ({ data }: Tensor): readonly number[] => Array.from(data as Float32Array);

/** ‖a − b‖ relative to ‖b‖, and at least to a thousandth of `largest`: some gradients are 0 except for rounding. */
function distance(actual: Tensor, expected: Tensor, largest: number): number {
  const [a, b] = [numbersOf(actual), numbersOf(expected)];
  const difference = norm(a.map((value, index) => value - (b[index] as number)));
  return difference / Math.max(norm(b), largest / 1000);
}

describe('lowered networks', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createOnnxEngine();
  });
  afterAll(() => engine.dispose());

  test.each(Array.from({ length: NETWORKS }, (_, index) => index + 1))(
    'random network %i has the loss and gradients of tf.js',
    async (seed) => {
      const { inputs, body } = randomNetwork(seed);
      const expected = eagerly(inputs, body);
      const actual = await runOn(engine, captured(`network ${seed}`, inputs, body), inputs);
      const largest = Math.max(...expected.map((tensor) => norm(numbersOf(tensor))));
      for (const [index, tensor] of expected.entries()) {
        expect(actual[index]?.shape).toEqual(tensor.shape);
        expect(distance(actual[index] as Tensor, tensor, largest)).toBeLessThan(
          index === 0 ? LOSS_TOLERANCE : GRADIENT_TOLERANCE,
        );
      }
    },
  );
});
