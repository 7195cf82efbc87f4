import { float32, float64, sequence, struct, type Tensor, tensor } from '@starling/federated-core';
import { type Aggregation, createReduction, type Reduction } from '@starling/federated-core/plan';
import * as fc from 'fast-check';
import { assert, describe, expect, test } from 'vitest';
import { createLaneFold } from './lane-fold.js';

const sum: Aggregation = { kind: 'sum', update: float32(), result: float32() };
const maximum: Aggregation = { kind: 'max', update: float32(), result: float32() };
const aggregations = [sum, maximum];
const reductions = aggregations.map((each) => createReduction(each, () => []));

const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
const totalOf = (accumulators: readonly (readonly Tensor[])[]): number =>
  Number(accumulators[0]![0]!.data[0]);

describe('createLaneFold', () => {
  const fold = (cohortSize: number, laneSize: number) =>
    createLaneFold({ aggregations, reductions, laneSize, cohortSize });
  const update = (value: number): Tensor[] => [scalar(value), scalar(value)];

  test('`createLaneFold` gives each aggregation its own leaves when a phase has several', async () => {
    const lanes = fold(3, 2);
    for (const [position, value] of [5, 7, 6].entries()) await lanes.accept(position, update(value));
    const [sums, extremes] = await lanes.finish();
    assert.equal(sums![0]!.data[0], 18);
    // A maximum counts its clients first, then holds the largest.
    assert.deepEqual(
      extremes!.map(({ data }) => Number(data[0])),
      [3, 7],
    );
  });

  test('`createLaneFold` tells reductions how stale each update is, in whatever order they arrive', async () => {
    const update = struct([float64(), float32()]);
    const settings = { discount: 1 };
    const mean: Aggregation = { kind: 'discounted-mean', update, result: float64(), settings };
    const means = [createReduction(mean, () => [])];
    const staleness = [0, 3, 1];
    const lanes = createLaneFold({
      ...{ aggregations: [mean], reductions: means, laneSize: 2, cohortSize: 3, staleness },
    });
    const of = (value: number) => [tensor('float64', [], Float64Array.of(value)), scalar(1)];
    for (const position of [2, 1, 0]) await lanes.accept(position, of([6, 8, 4][position]!));
    const [accumulator] = await lanes.finish();
    const [result] = await means[0]!.report(accumulator!);
    // With 1/(1 + τ): (6 + 8/4 + 4/2) / 3.
    assert.closeTo(Number(result!.data[0]), 10 / 3, 1e-12);
  });

  test('`createLaneFold` gives the same bits when updates arrive in any order and some never come', async () => {
    // Values whose float64 sum depends on the order of additions.
    const values = fc.array(fc.constantFrom(2 ** 54, -(2 ** 54), 1, 3, 0.1, null), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (cohort, laneSize, keys) => {
          const positions = cohort.map((_, position) => position);
          const order = positions
            .map((position) => [keys.next().value as number, position] as const)
            .sort(([a], [b]) => a - b)
            .map(([, position]) => position);
          const lanes = fold(cohort.length, laneSize);
          const steps = order.map((position) => {
            const value = cohort[position];
            return value === null || value === undefined
              ? lanes.skip(position)
              : lanes.accept(position, update(value));
          });
          const total = totalOf(await lanes.finish());
          await Promise.all(steps);
          // By the words of the contract: sums of lanes in cohort order, then the sum of these.
          let expected: number | null = null;
          for (let start = 0; start < cohort.length; start += laneSize) {
            const lane = cohort.slice(start, start + laneSize).filter((value) => value !== null);
            if (lane.length === 0) continue;
            const laneSum = lane.map(Math.fround).reduce((left, right) => left + right, 0);
            expected = expected === null ? laneSum : expected + laneSum;
          }
          assert.equal(total, expected ?? 0);
        },
      ),
    );
  });

  test('`createLaneFold` says when an update may be written over, whatever the order, and never of one that it keeps', async () => {
    const kinds: readonly Aggregation[] = [
      sum,
      maximum,
      { kind: 'collect', update: float32(), result: sequence(float32()) },
    ];
    for (const kind of kinds) {
      const reduction = createReduction(kind, () => []);
      const report = async (order: readonly number[], spoils: boolean) => {
        const options = { aggregations: [kind], reductions: [reduction], laneSize: 2, cohortSize: 5 };
        const lanes = createLaneFold(options);
        let added = 0;
        for (const position of order) {
          const leaf = scalar(position + 0.5);
          await lanes.accept(position, [leaf], () => {
            added++;
            if (spoils) (leaf.data as Float32Array).fill(Number.NaN);
          });
        }
        const [accumulator] = await lanes.finish();
        return { added, report: await reduction.report(accumulator!) };
      };
      const straight = await report([0, 1, 2, 3, 4], false);
      const spoiled = await report([3, 1, 4, 0, 2], true);
      assert.deepEqual(spoiled.report, straight.report);
      if (kind === sum) assert.strictEqual(spoiled.added, 5);
    }
  });

  test('`createLaneFold` gives zeros when the cohort is empty', async () => {
    assert.equal(totalOf(await fold(0, 5).finish()), 0);
  });

  test('`createLaneFold` refuses to finish while a position is open', async () => {
    const lanes = fold(2, 2);
    await lanes.accept(0, update(1));
    await expect(lanes.finish()).rejects.toThrow(/need all 2 positions, got 1/);
  });

  test('`createLaneFold` refuses a position that it took before, or does not have', async () => {
    const lanes = fold(4, 2);
    await lanes.accept(0, update(1));
    await lanes.accept(3, update(1)); // waits for 2
    for (const position of [0, 3, 4, -1, 0.5]) {
      expect(() => lanes.accept(position, update(1))).toThrow(RangeError);
    }
  });

  test('`createLaneFold` fails `accept` and `finish` when an operator of the plan fails', async () => {
    const broken: Reduction = {
      ...reductions[0]!,
      accumulate: async () => {
        throw new Error('no');
      },
    };
    const lanes = createLaneFold({ aggregations: [sum], reductions: [broken], laneSize: 2, cohortSize: 1 });
    await expect(lanes.accept(0, [scalar(1)])).rejects.toThrow('no');
    await expect(lanes.finish()).rejects.toThrow('no');
  });
});
