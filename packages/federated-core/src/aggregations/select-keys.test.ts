import { describe, expect, test } from 'vitest';
import { RejectedUpdateError } from '../errors/starling-error.js';
import { splitKeys } from '../plan/select-slices.js';
import { int32 } from '../types/types.js';
import { type Tensor, tensor } from '../values/tensor.js';
import { refuseKeys, selectKeysReduction } from './select-keys.js';

const ints = (...values: number[]): Tensor => tensor('int32', [values.length], Int32Array.from(values));

describe('selectKeysReduction', () => {
  const reduction = selectKeysReduction({ update: int32(null) }, { keyBound: 10, maxKeys: 3 });

  test('`selectKeysReduction` gives all keys in order, and how many each client has, for `splitKeys` to cut', async () => {
    const left = await reduction.accumulate(await reduction.zero(), [ints(3, 1)]);
    const right = await reduction.accumulate(await reduction.accumulate(await reduction.zero(), [ints()]), [
      ints(7),
    ]);
    const aggregate = await reduction.report(await reduction.merge(left, right));
    expect(aggregate).toEqual([ints(3, 1, 7), ints(2, 0, 1)]);
    expect(splitKeys(aggregate).map((keys) => [...keys])).toEqual([[3, 1], [], [7]]);
    expect(splitKeys(await reduction.report(await reduction.zero()))).toEqual([]);
  });

  test('`selectKeysReduction` refuses keys that are out of range, or too many', () => {
    expect(() => reduction.check!([ints(0, 9)])).not.toThrow();
    expect(() => reduction.check!([ints(0, 10)])).toThrow(RejectedUpdateError);
    expect(refuseKeys(Int32Array.of(-1), 10, 3)).toMatchObject({
      code: 'key-out-of-range',
      message: 'Cannot select slice -1: keys must be from 0 to 9',
    });
    expect(refuseKeys(new Int32Array(3), 10, 3)).toBeNull();
    expect(refuseKeys(new Int32Array(4), 10, 3)).toMatchObject({
      code: 'too-many-keys',
      message: 'Cannot select slices: a client may ask for 3 at most, got 4',
    });
  });
});
