import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, evaluateRound, type HostValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { ditto } from './ditto.js';

/** One step a round, with a rate of 0.1: of w x at x = 1, for which the gradient is w − y. */
const options = {
  model: lineModel(0),
  clientOptimizer: sgd({ learningRate: 0.1 }),
  personalLearningRate: 0.1,
  personalStrength: 0.5,
  batchSize: 1,
} as const;

describe('ditto', () => {
  test('`ditto` is what two clients give by hand', async () => {
    const process = ditto(options);
    const engine = await createOnnxEngine();
    const run = localRunner(engine);
    let state = (await evaluate(process.initialize, undefined, { run })) as HostValue;
    let kept: ReadonlyMap<string, HostValue> = new Map();
    const data = [points([1, 1]), points([1, 3])];
    for (let round = 0; round < 2; round++) {
      const given = { state, data };
      ({ state, clientStates: kept } = await evaluateRound(process, given, kept, {
        run,
        clientIds: ['a', 'b'],
      }));
    }
    await engine.dispose();
    // Round 1: 0 → 0.1 and 0.3, both personal and for all, whose mean is 0.2. Round 2: personal gradients
    // 0.1 − 1 + 0.5 (0.1 − 0.2) = −0.95 and 0.3 − 3 + 0.5 (0.3 − 0.2) = −2.65; for all 0.28 and 0.48.
    expect(kept.get('a')).toEqual({ w: expect.closeTo(0.195, 6) });
    expect(kept.get('b')).toEqual({ w: expect.closeTo(0.565, 6) });
    expect(state).toEqual({ model: { w: expect.closeTo(0.38, 6) } });
  });
});
