import { createOnnxEngine, localRunner } from '@starling/compute';
import { type Dataset, evaluate, evaluateRound, type HostValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { bytesOf, client, type GivenRow, model } from '../testing/fairlearn-table.js';
import { lineModel } from '../testing/line-model.js';
import { fairFed } from './fair-fed.js';

/** Positive examples: `size` of each of two groups, of which so many are taken for positive. */
function positives(size: number, inA: number, inB: number): Dataset {
  const rows = (group: string, taken: number): GivenRow[] =>
    Array.from({ length: size }, (_, row) => ({
      score: row < taken ? 1 : 0,
      y: 1,
      group: bytesOf(group),
      code: 0,
    }));
  return client([...rows('a', inA), ...rows('b', inB)]);
}

// Of 100, 60 and 40 examples; gaps 5 / 50 = 0.1, 9 / 30 = 0.3 and −4 / 20 = −0.2. All together: 10 / 100 = 0.1.
const data = [positives(50, 30, 25), positives(30, 19, 10), positives(20, 8, 12)];
const options = {
  model,
  by: { group: ['a', 'b'] },
  scores: 'probabilities',
  // So that the model stays what it is.
  clientOptimizer: sgd({ learningRate: 0 }),
  batchSize: 'full',
} as const;

async function sharesAfter(rounds: number, fairnessStep: number, given: readonly Dataset[] = data) {
  const process = fairFed({ ...options, fairnessStep });
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  let state = (await evaluate(process.initialize, undefined, { run })) as HostValue;
  let kept: ReadonlyMap<string, HostValue> = new Map();
  let metrics: unknown;
  const clientIds = given.map((_, client) => String(client));
  for (let round = 0; round < rounds; round++) {
    const round = await evaluateRound(process as never, { state, data: given }, kept, { run, clientIds });
    ({ state, clientStates: kept, metrics } = round);
  }
  await engine.dispose();
  const shares = [...kept.values()].map(
    (value) => (value as unknown as { readonly clientWork: { readonly share: number } }).clientWork.share,
  );
  return { shares, gap: (metrics as { readonly gap: number }).gap };
}

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

describe('fairFed', () => {
  test('`fairFed` weighs clients by how far their gaps are from that of all', async () => {
    // Δ = 0, 0.2 and 0.3, whose mean is 1/6: 0.5 + 0.5 / 6, 0.3 + 0.5 (1/6 − 0.2), 0.2 + 0.5 (1/6 − 0.3).
    const { shares, gap } = await sharesAfter(1, 0.5);
    expect(shares).toEqual(near([0.583333, 0.283333, 0.133333]));
    expect(gap).toBeCloseTo(0.1, 6);
  });

  test('`fairFed` goes on from the weights that clients keep', async () => {
    // The same again, since the model stays: 0.5 + 1 / 6, 0.3 − 1 / 30, 0.2 − 0.4 / 3.
    const { shares } = await sharesAfter(2, 0.5);
    expect(shares).toEqual(near([0.666667, 0.266667, 0.066667]));
  });

  test('`fairFed` counts clients by their examples at a step of 0', async () => {
    expect((await sharesAfter(2, 0)).shares).toEqual(near([0.5, 0.3, 0.2]));
  });

  test('`fairFed` compares accuracies where a client has one group alone, and leaves out one without examples', async () => {
    // A: 4 of each group, all right but two of b: gap 0.5, accuracy 6/8. B: two of a, one of them right: no gap. All:
    // 5/6 less 2/4 is 1/3, accuracy 7/10. Δ = 1/6, and |1/2 − 7/10| = 1/5; their mean is 11/60, of which each is 1/60
    // off.
    const one = positives(4, 4, 2);
    const two = client([
      { score: 1, y: 1, group: bytesOf('a'), code: 0 },
      { score: 0, y: 1, group: bytesOf('a'), code: 0 },
    ]);
    const { shares } = await sharesAfter(1, 1, [one, two, client([])]);
    expect(shares).toEqual(near([0.8 + 1 / 60, 0.2 - 1 / 60, 0]));
  });

  test('`fairFed` says what it needs', () => {
    expect(() => fairFed({ ...options, fairnessStep: 1, by: { group: ['a'] } })).toThrow(
      'Cannot train by FairFed: by must have two values, got 1',
    );
    expect(() => fairFed({ ...options, fairnessStep: 1, model: lineModel(0), by: { x: [0, 1] } })).toThrow(
      'need a model that says what it gives, got line without outputs',
    );
    expect(() => fairFed({ ...options, beta: 1 } as never)).toThrow(
      "got 'beta'. It is called fairnessStep here",
    );
  });
});
