import type { Dataset, Tensor } from '@starling/federated-core';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import { departures } from './departures.js';
import flights from './main.js';

/** Three million flights are read, which takes a few seconds. */
const LIMIT_MS = 120_000;

describe('flights', () => {
  test('are three million of 229 airports', { timeout: LIMIT_MS }, async () => {
    const { train, test: held } = await departures(0);
    const sizes = Array.from(
      { length: train.size },
      (_, airport) => train.exampleCount(airport) + held.exampleCount(airport),
    );
    // Counted by pandas, as all numbers here.
    expect(sizes.length).toBe(229);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3_000_000);
    expect(Math.max(...sizes)).toBe(166_341);
    expect(Math.min(...sizes)).toBe(1);

    const atlanta = [...train.clientIds()].indexOf('ATL');
    const parts = [await train.rows(atlanta), await held.rows(atlanta)];
    const column = (name: string): readonly number[] =>
      parts.flatMap(({ columns }: Dataset) => [
        ...((columns as { readonly [name: string]: Tensor<'int32'> })[name]!.data as Int32Array),
      ]);
    expect(column('y').length).toBe(124_711);
    expect(column('y').filter((late) => late === 1).length).toBe(28_624);
    expect(column('hour').filter((hour) => hour === 8).length).toBe(11_828);
    expect(column('weekday').filter((day) => day === 0).length).toBe(17_875);
  });

  test('are told apart after a few rounds, better than by their rate alone', {
    timeout: LIMIT_MS,
  }, async () => {
    const setup = await flights.build(flights.options.parse({ cohort: 10, learningRate: 0.3 }));
    const { evaluation } = await runRounds({ ...setup, rounds: 5, runtime: inProcessRuntime(), seed: 1 });
    const { loss, auc } = evaluation as unknown as Record<'loss' | 'auc', number>;
    // 599,055 of all are late: who answers 0.1997 for each has a loss of 0.500, and an area of 0.5.
    expect(loss).toBeLessThan(0.497);
    expect(auc).toBeGreaterThan(0.6);
  });
});
