// Reductions that take rows of columns, held to the same updates one by one, to the last bit.
import { describe, expect, test } from 'vitest';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { leafTypes } from '../types/leaves.js';
import { bool, float32, float64, int32, int64, struct, type TensorType } from '../types/types.js';
import { type Column, columnOf, tensorAt } from '../values/column.js';
import { allocate, sizeOf } from '../values/tensor.js';
import type { Aggregation } from './aggregations.js';
import { createReduction } from './create-reduction.js';

const CLIENTS = 23;
const random = generator(seedFrom(4));

/** Numbers of very different sizes, zeros among them; whole ones where the type asks for it. */
function columnFor({ dtype, shape }: TensorType, isWeight: boolean): Column {
  const sizes = shape as readonly number[];
  const data = allocate(dtype, CLIENTS * sizeOf(sizes)) as Float64Array | BigInt64Array;
  for (let index = 0; index < data.length; index++) {
    const whole = random.below(9) - (isWeight ? 0 : 4);
    if (dtype === 'int64') data[index] = BigInt(whole) as never;
    else if (dtype === 'bool') data[index] = (whole & 1) as never;
    else if (dtype === 'int32') data[index] = whole as never;
    else data[index] = (whole * random.uniform() * 2 ** (random.below(60) - 30)) as never;
  }
  return columnOf({ dtype, shape: sizes, data } as Column);
}

const AGGREGATIONS: readonly Aggregation[] = [
  { kind: 'sum', update: struct([float32(3), int32(), bool(), float64(2, 2)]), result: struct([]) },
  { kind: 'sum', update: int64(2), result: int64(2) },
  { kind: 'mean', update: struct([float32(), float32(4)]), result: struct([float32(), float32(4)]) },
  { kind: 'mean', update: float64(), result: float64() },
  { kind: 'weighted-mean', update: struct([float32(2), float32()]), result: float32(2) },
  { kind: 'weighted-mean', update: struct([float32(), int64()]), result: float32() },
  { kind: 'weighted-mean', update: struct([float64(3), float64()]), result: float64(3) },
];

describe('accumulateMany', () => {
  test.each(AGGREGATIONS.map((each) => [each.kind, leafTypes(each.update).length, each] as const))(
    '`accumulateMany` of a %s of %i leaves is that of one update after another',
    async (kind, _leaves, aggregation) => {
      const reduction = createReduction(aggregation, () => []);
      const types = leafTypes(aggregation.update);
      for (let turn = 0; turn < 20; turn++) {
        const columns = types.map((type, leaf) =>
          columnFor(type, kind === 'weighted-mean' && leaf === types.length - 1),
        );
        const from = random.below(5);
        const to = from + random.below(CLIENTS - from + 1);
        const many = await reduction.zero();
        let single = await reduction.zero();
        reduction.accumulateMany!(many, columns, from, to);
        for (let row = from; row < to; row++) {
          single = await reduction.accumulate(
            single,
            columns.map((column) => tensorAt(column, row)),
          );
        }
        expect(many).toEqual(single);
      }
    },
  );

  test('`accumulateMany` reads a shared weight for every client', async () => {
    const reduction = createReduction(AGGREGATIONS[4]!, () => []);
    const value = columnOf({ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2, 3, 6) });
    const weight = columnOf({ dtype: 'float32', shape: [], data: Float32Array.of(2) }, true);
    const sums = await reduction.zero();
    reduction.accumulateMany!(sums, [value, weight], 0, 2);
    // Both weigh the same: the means of 1 and 3, and of 2 and 6.
    expect(await reduction.report(sums)).toMatchObject([{ data: Float32Array.of(2, 4) }]);
  });

  test('`accumulateMany` of int64 says where a sum is beyond 64 bits', async () => {
    const reduction = createReduction(AGGREGATIONS[1]!, () => []);
    const column = columnOf({
      dtype: 'int64',
      shape: [2],
      data: BigInt64Array.of(1n, 2n ** 62n, 1n, 2n ** 62n),
    });
    const sums = await reduction.zero();
    expect(() => reduction.accumulateMany!(sums, [column], 0, 2)).toThrow('the sum must fit 64 bits');
  });
});
