// What the runtime contract asks of the order of additions: it shows in float64, and is the cohort's, lane by lane.
import type { ClientReport } from '@starling/plan/runner';
import { assert, test } from 'vitest';
import type { Agreement } from './agreement.js';
import { floats, totalOf } from './contract-computations.js';

export function lanesContract(name: string, { agreed }: Agreement): void {
  test(`\`${name}\` sums lane by lane when the order of additions shows`, async () => {
    // Beyond 2^53 a float64 skips odd numbers: 2^54 + 1 is 2^54 again. Lanes of two: (2^54 + 1) + (−2^54 + 1) + 1
    // = 2^54 − 2^54 + 1, so 1 where exact arithmetic gives 3 (−2^54 + 1 is a tie, and rounds to even).
    const population = floats([2 ** 54, 1, -(2 ** 54), 1, 1]);
    const [outcome] = await agreed(totalOf, population, [0, 1, 2, 3, 4]);
    assert.equal(outcome!.value, 1);
    assert.deepEqual(outcome!.reports, [0, 1, 2, 3, 4].map(accepted));
  });

  test(`\`${name}\` follows the order of the cohort, not of the population`, async () => {
    // The same five, lanes by cohort order: (2^54 − 2^54) + (1 + 1) + 1 = 3.
    const population = floats([2 ** 54, 1, -(2 ** 54), 1, 1]);
    const [outcome] = await agreed(totalOf, population, [0, 2, 4, 1, 3]);
    assert.equal(outcome!.value, 3);
    assert.deepEqual(outcome!.reports, [0, 2, 4, 1, 3].map(accepted));
  });
}

function accepted(index: number): ClientReport {
  return { client: `client-${index}`, status: 'accepted' };
}
