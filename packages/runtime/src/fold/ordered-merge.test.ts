import { float32, type Tensor, tensor } from '@starling/federated-core';
import { createReduction, type Reduction } from '@starling/federated-core/plan';
import { assert, describe, test } from 'vitest';
import { createLaneTotal, createOrderedMerge, type LaneAccumulators } from './ordered-merge.js';

const reductions = [createReduction({ kind: 'sum', update: float32(), result: float32() }, () => [])];
const lane = (value: number): Tensor[][] => [[tensor('float64', [], Float64Array.of(value))]];

describe('createOrderedMerge', () => {
  test('`createOrderedMerge` merges in lane order when lanes arrive in reverse', async () => {
    const order: number[] = [];
    const merge = createOrderedMerge(reductions, (index) => order.push(index));
    // ((2^53 + 1) + −2^53) = 0, since 2^53 + 1 rounds to even; in reverse it would be 1.
    await merge.offer(2, lane(-(2 ** 53)));
    assert.equal(merge.merged, 0);
    await merge.offer(1, lane(1));
    await merge.offer(0, lane(2 ** 53));
    assert.deepEqual(order, [0, 1, 2]);
    assert.equal((await merge.result())[0]![0]!.data[0], 0);
  });

  test('`createOrderedMerge` steps over a lane when none of its clients is left', async () => {
    const merge = createOrderedMerge(reductions);
    await merge.offer(0, null);
    await merge.offer(1, lane(4));
    assert.equal(merge.merged, 2);
    assert.equal((await merge.result())[0]![0]!.data[0], 4);
  });
});

describe('createLaneTotal', () => {
  test('`createLaneTotal` merges lanes as they come, and says which are not read any more', async () => {
    const total = createLaneTotal(reductions);
    // The first lane with clients becomes the total: (2^53 + 1) + −2^53 = 0, as in order above.
    const lanes: readonly (LaneAccumulators | null)[] = [
      null,
      lane(2 ** 53),
      lane(1),
      null,
      lane(-(2 ** 53)),
    ];
    assert.deepEqual(lanes.map(total.add), [true, false, true, true, true]);
    assert.equal((await total.result())[0]![0]!.data[0], 0);
  });

  test('`createLaneTotal` waits for reductions that take their time', async () => {
    const slow: Reduction = {
      ...reductions[0]!,
      merge: async (left, right) => reductions[0]!.merge(left, right),
    };
    const total = createLaneTotal([slow, reductions[0]!]);
    const both = (value: number): LaneAccumulators => [...lane(value), ...lane(10 * value)];
    for (const value of [1, 2, 3]) await total.add(both(value));
    const sums = (await total.result()).map(([leaf]) => leaf!.data[0]);
    assert.deepEqual(sums, [6, 60]);
  });

  test('`createLaneTotal` gives zeros when no client is left', async () => {
    assert.equal((await createLaneTotal(reductions).result())[0]![0]!.data[0], 0);
  });
});
