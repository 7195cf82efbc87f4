import { float32, float64, struct, type Tensor, tensor } from '@starling/federated-core';
import { type Aggregation, columnOf, createReduction, type Reduction } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import type { LaneAccumulators } from '../fold/ordered-merge.js';
import { createLaneSums } from './lane-sums.js';

const sum: Aggregation<string> = { kind: 'sum', update: float64(), result: float64() };
const doubles = (...values: number[]) =>
  columnOf({ ...tensor('float64', [], Float64Array.of(0)), data: Float64Array.from(values) });

/** The first number of each lane's sums; `null` for one without. */
async function lanesOf(
  laneSize: number,
  parts: readonly (readonly [values: readonly number[], rows: readonly number[] | null])[],
  reduction: Reduction = createReduction(sum, () => []),
): Promise<readonly (number | null)[]> {
  const lanes: (number | null)[] = [];
  const done = (lane: LaneAccumulators | null): boolean => {
    lanes.push(lane === null ? null : Number(lane[0]![0]!.data[0]));
    return true;
  };
  const sums = createLaneSums([sum], [reduction], laneSize, done);
  for (const [values, rows] of parts) {
    await sums.add([doubles(...values)], rows && Int32Array.from(rows), rows?.length ?? values.length);
  }
  await sums.end();
  return lanes;
}

describe('createLaneSums', () => {
  test('`createLaneSums` sums lane by lane, and the last one though it is short', async () => {
    expect(await lanesOf(2, [[[1, 2, 3, 4, 5], null]])).toEqual([3, 7, 5]);
    expect(await lanesOf(100, [[[1, 2], null]])).toEqual([3]);
  });

  test('`createLaneSums` carries a lane from one part to the next', async () => {
    const parts = [[1], [2, 3, 4, 5], [6]].map((values) => [values, null] as const);
    expect(await lanesOf(4, parts)).toEqual([1 + 2 + 3 + 4, 5 + 6]);
  });

  test('`createLaneSums` leaves out who is lost, and says of a lane that nobody is left', async () => {
    // Positions by row: 10, lost, 20 | lost, lost, lost | 30.
    expect(
      await lanesOf(3, [
        [
          [10, 20, 30],
          [0, -1, 1, -1, -1, -1, 2],
        ],
      ]),
    ).toEqual([30, null, 30]);
  });

  test('`createLaneSums` adds in the order of the cohort within a lane', async () => {
    // 2^53 + 1 is 2^53, a tie that rounds to even; −2^53 before it leaves the 1.
    expect(await lanesOf(3, [[[2 ** 53, 1, -(2 ** 53)], null]])).toEqual([0]);
    expect(await lanesOf(3, [[[2 ** 53, -(2 ** 53), 1], null]])).toEqual([1]);
  });

  test('`createLaneSums` gives single updates to a reduction that takes no rows', async () => {
    const seen: number[] = [];
    const { accumulateMany: _left, ...rest } = createReduction(sum, () => []);
    const reduction: Reduction = {
      ...rest,
      accumulate(accumulator, update) {
        seen.push(Number(update[0]!.data[0]));
        return rest.accumulate(accumulator, update);
      },
    };
    expect(await lanesOf(2, [[[1, 2, 3], null]], reduction)).toEqual([3, 3]);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('`createLaneSums` uses sums again that are done with, whatever they held', async () => {
    const mean: Aggregation<string> = {
      kind: 'weighted-mean',
      update: struct([float32(), float32()]),
      result: float32(),
    };
    const reduction = createReduction(mean, () => []);
    const means: number[] = [];
    const cells = new Set<unknown>();
    const sums = createLaneSums([mean], [reduction], 2, (lane) => {
      cells.add(lane![0]![0]!.data);
      means.push(Number((reduction.report(lane![0]!) as readonly Tensor[])[0]!.data[0]));
      return true;
    });
    const column = (...values: number[]) =>
      columnOf({ dtype: 'float32', shape: [], data: Float32Array.from(values) });
    // (1·1 + 4·2) / 3 = 3, and 6 alone, since a weight of 0 counts for nothing.
    await sums.add([column(1, 4, 6, 8), column(1, 2, 5, 0)], null, 4);
    expect(means).toEqual([3, 6]);
    expect(cells.size).toBe(1);
  });
});
