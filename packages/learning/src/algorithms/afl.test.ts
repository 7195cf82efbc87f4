import { compilePlan } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { type RoundOutcome, roundsOf } from '../testing/rounds-of.js';
import { afl } from './afl.js';

const training = { batchSize: 3, domains: 2, mixtureStep: 0.1 } as const;
const mixtureOf = ({ state }: RoundOutcome): number[] => [
  ...(state['clientWork'] as { readonly mixture: { readonly data: Float32Array } }).mixture.data,
];

describe('afl', () => {
  test('moves the mixture along the losses, on the simplex', async () => {
    // At w = 0, where clients that learn at a rate of 0 stay, the loss of (1, y) is y² / 2: 4, 3 and 2, and 1.
    // [0.9, 0.6] − 0.25, [0.95, 0.45] − 0.2, [0.95, 0.35] − 0.15.
    const process = afl({ model: lineModel(0), clientOptimizer: sgd({ learningRate: 0 }), ...training });
    const loss = (of: number) => points([1, Math.sqrt(2 * of)]);
    const cohort = (round: number) => ({ data: [loss(4 - round), loss(1)], domain: [0, 1] });
    const mixtures = (await roundsOf(process, cohort, 3)).map(mixtureOf);
    const expected = [
      [0.65, 0.35],
      [0.75, 0.25],
      [0.8, 0.2],
    ];
    for (const [round, mixture] of mixtures.entries()) {
      for (const [domain, share] of mixture.entries())
        expect(share).toBeCloseTo(expected[round]![domain]!, 6);
    }
  });

  // From w = 1 at a rate of 0.1. A holds (1, 2), (2, 2): losses 0.5 and 0, gradient (5 w − 6) / 2. B holds (1, 3): loss
  // (w − 3)² / 2, gradient w − 3.
  const [a, b] = [points([1, 2], [2, 2]), points([1, 3])];
  const process = afl({ model: lineModel(1), clientOptimizer: sgd({ learningRate: 0.1 }), ...training });

  test('counts domains by the mixture, whatever their sizes', async () => {
    // Round 1 by [0.5, 0.5]: (0.05 + 0.2) / 2. Losses 0.25 and 2: [0.525, 0.7] − 0.1125 = [0.4125, 0.5875].
    // Round 2 at w = 1.125: A +0.01875, B +0.1875: 0.4125 · 0.01875 + 0.5875 · 0.1875 = 0.117890625.
    const [first, second] = await roundsOf(process, { data: [a, b], domain: [0, 1] }, 2);
    expect(first!.state.model['w']).toBeCloseTo(1.125, 6);
    expect(mixtureOf(first!)[0]).toBeCloseTo(0.4125, 6);
    expect(mixtureOf(first!)[1]).toBeCloseTo(0.5875, 6);
    expect(second!.state.model['w']).toBeCloseTo(1.242890625, 6);
  });

  test('counts the clients of a domain by their examples', async () => {
    // C holds (1, 3) three times: of the half of domain 1, B has 1/4 and C 3/4, and both send +0.2: as above.
    const c = points([1, 3], [1, 3], [1, 3]);
    const [first] = await roundsOf(process, { data: [a, b, c], domain: [0, 1, 1] });
    expect(first!.state.model['w']).toBeCloseTo(1.125, 6);
    // D, who holds (1, 2) and sends +0.1, in the place of C: 0.5 · 0.05 + 0.5 (0.2 + 0.1) / 2 = 0.1.
    const [other] = await roundsOf(process, { data: [a, b, points([1, 2])], domain: [0, 1, 1] });
    expect(other!.state.model['w']).toBeCloseTo(1.1, 6);
  });

  test('leaves out a client of a domain that is none', async () => {
    const [first] = await roundsOf(process, { data: [a, b, points([1, 9])], domain: [0, 1, 2] });
    expect(first!.state.model['w']).toBeCloseTo(1.125, 6);
  });

  test('is two phases, of which the server sees sums alone', () => {
    const { next } = process;
    expect(compilePlan(next).phases.length).toBe(2);
  });
});
