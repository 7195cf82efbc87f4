import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { generator } from '../../random/generator.js';
import { bothWays } from '../../testing/both-ways.js';
import { plainLocal } from '../../testing/plain-local.js';
import { atClients, float32, struct } from '../../types/types.js';
import { federatedAggregate } from './federated-aggregate.js';

const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
const noisy = plainLocal(float32(), float32(), (sum, seed) => sum + generator(seed).uniform(), 'noisy');

describe('federatedAggregate', () => {
  test('`federatedAggregate` draws the same in a plan as by its meaning when operators draw, and anew in each aggregate', async () => {
    const twice = federatedComputation(atClients(float32()), (x) => [
      federatedAggregate(x, { zero: 0, accumulate: add, merge: add, report: noisy }),
      federatedAggregate(x, { zero: 0, accumulate: add, merge: add, report: noisy }),
    ]);
    const [first, second] = (await bothWays(twice, [1, 2])) as [number, number];
    for (const sum of [first, second]) expect(Math.floor(sum)).toBe(3);
    expect(first).not.toBe(second);
  });

  test('`federatedAggregate` keeps a state of several tensors when it folds to a mean and a range', async () => {
    const state = struct({ sum: float32(), count: float32(), least: float32(), most: float32() });
    const accumulate = plainLocal({ state, x: float32() }, state, ({ state: before, x }) => ({
      sum: before.sum + x,
      count: before.count + 1,
      least: Math.min(before.least, x),
      most: Math.max(before.most, x),
    }));
    const merge = plainLocal({ a: state, b: state }, state, ({ a, b }) => ({
      sum: a.sum + b.sum,
      count: a.count + b.count,
      least: Math.min(a.least, b.least),
      most: Math.max(a.most, b.most),
    }));
    const report = plainLocal(state, struct({ mean: float32(), range: float32() }), (all) => ({
      mean: all.sum / all.count,
      range: all.most - all.least,
    }));
    const zero = { sum: 0, count: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
    const summary = federatedComputation(atClients(float32()), (x) =>
      federatedAggregate(x, { zero, accumulate, merge, report }),
    );
    // (4 + 1 + 7 + 2 + 6 + 10) / 6 = 5; 10 − 1 = 9. Seven clients would be two lanes of five and two; so are six.
    expect(await bothWays(summary, [4, 1, 7, 2, 6, 10])).toEqual({ mean: 5, range: 9 });
  });
});
