import { float32, type Seed, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import type { Engine } from '../engine/engine.js';
import * as tf from '../tensorflow/tf.js';
import { localRunner } from './local-runner.js';

/** Counts loads; every graph gives its argument back. */
function countingEngine(): Engine & { readonly loads: string[] } {
  const loads: string[] = [];
  return {
    name: 'onnx',
    needs: 'onnx',
    description: 'counting',
    loads,
    load: async ({ id }) => {
      loads.push(id);
      return { run: (argument: readonly Tensor[]) => argument, dispose() {} };
    },
    dispose: async () => {},
  };
}

describe('localRunner', () => {
  test('compiles and loads each computation once, also when calls overlap', async () => {
    const double = localComputation({ x: float32() }, ({ x }) => tf.add(x, x));
    const square = localComputation({ x: float32() }, ({ x }) => tf.square(x));
    const engine = countingEngine();
    const run = localRunner(engine);
    const argument = [tensor('float32', [], Float32Array.of(3))];
    const seed: Seed = [0, 0];
    const results = await Promise.all([double, double, square].map((local) => run(local, argument, seed)));
    await run(square, argument, seed);
    expect(results).toEqual([argument, argument, argument]);
    expect(engine.loads).toEqual([double.id, square.id]);
  });
});
