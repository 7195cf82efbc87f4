import { describe, expect, test } from 'vitest';
import type { Aggregation } from '../../aggregations/aggregations.js';
import { createReduction } from '../../aggregations/create-reduction.js';
import { compilePlan } from '../../compile/compile-plan.js';
import { federatedComputation } from '../../computations/federated-computation.js';
import { atClients, float32, float64 } from '../../types/types.js';
import { type Tensor, tensor } from '../../values/tensor.js';
import { type DiscountedMeanOptions, federatedDiscountedMean } from './federated-discounted-mean.js';
import { federatedMean } from './federated-mean.js';

const aggregationOf = (options: DiscountedMeanOptions): Aggregation<unknown> => {
  const plan = compilePlan(
    federatedComputation({ x: atClients(float64()), w: atClients(float32()) }, ({ x, w }) =>
      federatedDiscountedMean(x, { weight: w, ...options } as never),
    ),
  );
  return plan.phases[0]!.aggregations[0]! as Aggregation<unknown>;
};
const never = () => {
  throw new Error('no graph is run');
};
/** The mean of values with their weights and how many steps old they are. */
async function meanOf(options: DiscountedMeanOptions, ...rows: (readonly [number, number, number])[]) {
  const reduction = createReduction(aggregationOf(options), never as never);
  let sums = await reduction.zero();
  for (const [value, weight, staleness] of rows) {
    const update: Tensor[] = [
      tensor('float64', [], Float64Array.of(value)),
      tensor('float32', [], Float32Array.of(weight)),
    ];
    sums = await reduction.accumulate(sums, update, staleness);
  }
  return (await reduction.report(sums))[0]!.data[0];
}

describe('federatedDiscountedMean', () => {
  test('`federatedDiscountedMean` takes 1/√(1 + τ) of a value that is τ steps old, and all of its weight', async () => {
    // τ = 3 leaves 1/√4 = ½, τ = 8 leaves 1/√9 = ⅓: (2·4 + ½·1·8 + ⅓·1·6) / (2 + 1 + 1) = (8 + 4 + 2) / 4.
    expect(await meanOf({}, [4, 2, 0], [8, 1, 3], [6, 1, 8])).toBeCloseTo(3.5, 12);
  });

  test('`federatedDiscountedMean` takes what it is told: another exponent, or factors by age', async () => {
    // Exponent 1, τ = 3: ¼. Exponent 0: all. Factors 1, ½, 0: the last holds for τ = 2 and beyond.
    expect(await meanOf({ discount: 1 }, [8, 1, 3])).toBe(2);
    expect(await meanOf({ discount: 0 }, [8, 1, 3])).toBe(8);
    const discount = [1, 0.5, 0];
    // (8 + ½·4 + 0·9 + 0·9) / 4 = 10/4.
    expect(await meanOf({ discount }, [8, 1, 0], [4, 1, 1], [9, 1, 2], [9, 1, 7])).toBe(2.5);
  });

  test('`federatedDiscountedMean` has the bits of `federatedMean` where nothing is stale', async () => {
    const rows = [0.1, 0.7, -3.3].map((value, index) => [value, index + 0.3, 0] as const);
    const mean = compilePlan(
      federatedComputation({ x: atClients(float64()), w: atClients(float32()) }, ({ x, w }) =>
        federatedMean(x, { weight: w }),
      ),
    ).phases[0]!.aggregations[0]!;
    const reduction = createReduction(mean as Aggregation<unknown>, never as never);
    let sums = await reduction.zero();
    for (const [value, weight] of rows) {
      const update = [
        tensor('float64', [], Float64Array.of(value)),
        tensor('float32', [], Float32Array.of(weight)),
      ];
      sums = await reduction.accumulate(sums, update);
    }
    expect(await meanOf({}, ...rows)).toBe((await reduction.report(sums))[0]!.data[0]);
  });

  test('`federatedDiscountedMean` refuses a list by which what is not stale counts for nothing', () => {
    expect(() => aggregationOf({ discount: [0] })).toThrow(
      /the first factor of discount is of a value that is not stale, and must be above 0, .*got \[0\]/,
    );
  });

  test.each([-1, Number.NaN, [], [1, 2], [0.5, -0.1]])(
    '`federatedDiscountedMean` refuses the discount %o, with the line of the user',
    (discount) => {
      expect(() => aggregationOf({ discount })).toThrow(
        /discount must be an exponent of at least 0, or a list of factors from 0 to 1, got .*\n {4}at /s,
      );
    },
  );
});
