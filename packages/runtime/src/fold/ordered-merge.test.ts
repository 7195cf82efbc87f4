import { float32, type Tensor, tensor } from '@starling/federated-core';
import { createReduction } from '@starling/federated-core/plan';
import { assert, describe, test } from 'vitest';
import { createOrderedMerge } from './ordered-merge.js';

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
