import { describe, expect, test } from 'vitest';
import { bool, float32, int32, struct } from '../types/types.js';
import { type Column, columnOf } from '../values/column.js';
import type { Aggregation } from './aggregations.js';
import { manyChecker } from './check-many.js';
import { createReduction } from './create-reduction.js';

const floats = (...values: number[]): Column =>
  columnOf({ dtype: 'float32', shape: [], data: Float32Array.from(values) });

function checkerOf(...aggregations: Aggregation[]) {
  const reductions = aggregations.map((each) => createReduction(each, () => []));
  const check = manyChecker(aggregations, reductions);
  return (columns: readonly Column[], count: number) =>
    check(columns, count)?.map((refusal) => refusal?.code ?? null) ?? null;
}

const mean: Aggregation = {
  kind: 'weighted-mean',
  update: struct([float32(), float32()]),
  result: float32(),
};

describe('manyChecker', () => {
  test('`manyChecker` accepts all at once when nothing is wrong', () => {
    expect(checkerOf(mean)([floats(1, 2, 3), floats(0, 1, 2)], 3)).toBeNull();
  });

  test('`manyChecker` refuses the clients whose numbers are not finite or whose weight is negative, alone', () => {
    const columns = [floats(1, Number.NaN, 3, 4), floats(1, 1, -1, 1)];
    expect(checkerOf(mean)(columns, 4)).toEqual([null, 'non-finite-update', 'invalid-weight', null]);
  });

  test('`manyChecker` asks a kind that has a check of its own about each client', () => {
    const secure: Aggregation = {
      kind: 'secure-sum',
      update: int32(),
      result: int32(),
      settings: { maxInput: 9 },
    };
    const column = columnOf({ dtype: 'int32', shape: [], data: Int32Array.of(9, 10, 0) });
    expect(checkerOf(secure)([column], 3)).toEqual([null, 'out-of-range', null]);
  });

  test('`manyChecker` looks at bools, which are 0 or 1', () => {
    const sum: Aggregation = { kind: 'sum', update: bool(), result: int32() };
    const bytes = (...values: number[]) =>
      columnOf({ dtype: 'bool', shape: [], data: Uint8Array.from(values) });
    expect(checkerOf(sum)([bytes(0, 1)], 2)).toBeNull();
    expect(checkerOf(sum)([bytes(0, 2)], 2)).toEqual([null, 'wrong-update']);
  });

  test('`manyChecker` refuses columns of another type for each client', () => {
    expect(checkerOf(mean)([floats(1, 2)], 2)).toEqual(['wrong-update', 'wrong-update']);
  });
});
