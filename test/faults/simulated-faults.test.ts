// Simulations of faults: none finds anything in the machines as they are, and each planted bug is found.
import { expect, test } from 'vitest';
import { PLANTS } from '../fault-simulation/plants.js';
import { simulate } from '../fault-simulation/simulate.js';

const SEEDS = 2000;

test('`simulate` finds nothing in 2,000 seeds, and each run ends', async () => {
  const findings: string[] = [];
  const outcomes = { finished: 0, failed: 0 };
  let lives = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const result = await simulate(seed);
    if (result.finding !== null) findings.push(`seed ${seed}: ${result.finding}`);
    if (result.outcome !== null) outcomes[result.outcome]++;
    lives += result.lives;
  }
  expect(findings).toEqual([]);
  // The mix is one that bites: processes die by the thousand, and some runs use up their attempts.
  expect(lives).toBeGreaterThan(2 * SEEDS);
  expect(outcomes.failed).toBeGreaterThan(10);
  expect(outcomes.finished).toBeGreaterThan(SEEDS / 2);
}, 240_000);

test.each(PLANTS)(
  '`simulate` finds the planted bug %s within 2,000 seeds',
  async (plant) => {
    let seed = 0;
    while (seed < SEEDS && (await simulate(seed, plant)).finding === null) seed++;
    expect(seed).toBeLessThan(SEEDS);
  },
  240_000,
);

test('`simulate` gives the same simulation for the same seed', async () => {
  expect(await simulate(17)).toEqual(await simulate(17));
  expect(await simulate(17)).not.toEqual({ ...(await simulate(18)), seed: 17 });
});
