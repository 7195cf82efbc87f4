import { assert, describe, test } from 'vitest';
import { bool, float32, int32, struct } from '../types/types.js';
import { type Tensor, tensor } from '../values/tensor.js';
import type { Aggregation } from './aggregations.js';
import { updateChecker } from './check-update.js';
import { createReduction } from './create-reduction.js';

const vector = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values));
const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
const count = (value: number): Tensor => tensor('int32', [], Int32Array.of(value));

describe('updateChecker', () => {
  const aggregations: Aggregation[] = [
    { kind: 'weighted-mean', update: struct([float32(5), float32()]), result: float32(5) },
    { kind: 'secure-sum', update: int32(), result: int32(), settings: { maxInput: 9 } },
  ];
  const check = updateChecker(
    aggregations,
    aggregations.map((each) => createReduction(each, () => [])),
  );

  test('`updateChecker` accepts an update that fits, with weight zero too', () => {
    assert.isNull(check([vector(1, 2, 3, 4, 5), scalar(0), count(9)]));
  });

  test.each([
    ['a missing leaf', [vector(1, 2, 3, 4, 5), scalar(1)], 'wrong-update'],
    ['another shape', [vector(1, 2), scalar(1), count(1)], 'wrong-update'],
    ['another dtype', [vector(1, 2, 3, 4, 5), count(1), count(1)], 'wrong-update'],
    [
      "data that is not its shape's size",
      [{ ...vector(1, 2), shape: [5] }, scalar(1), count(1)],
      'wrong-update',
    ],
    ['NaN within four', [vector(1, Number.NaN, 3, 4, 5), scalar(1), count(1)], 'non-finite-update'],
    ['infinity at the end', [vector(1, 2, 3, 4, -Infinity), scalar(1), count(1)], 'non-finite-update'],
    [
      'two infinities that would cancel',
      [vector(Infinity, -Infinity, 3, 4, 5), scalar(1), count(1)],
      'non-finite-update',
    ],
    ['a NaN weight', [vector(1, 2, 3, 4, 5), scalar(Number.NaN), count(1)], 'non-finite-update'],
    ['a negative weight', [vector(1, 2, 3, 4, 5), scalar(-1), count(1)], 'invalid-weight'],
    ['a value out of the secure range', [vector(1, 2, 3, 4, 5), scalar(1), count(10)], 'out-of-range'],
  ] as const)('`updateChecker` refuses %s', (_, update, code) => {
    assert.equal(check(update)?.code, code);
  });

  test('`updateChecker` names the leaf by its path, its weight by that name, and gives the number', () => {
    const model = struct({ model: struct({ kernel: float32(2), bias: float32() }) });
    const parts: Aggregation[] = [
      { kind: 'sum', update: int32(), result: int32() },
      { kind: 'weighted-mean', update: struct([model, float32()]), result: model },
    ];
    const refuse = updateChecker(
      parts,
      parts.map((each) => createReduction(each, () => [])),
    );
    const message = (...floats: readonly Tensor[]): string => refuse([count(1), ...floats])!.message;
    assert.equal(
      message(vector(1, Number.NEGATIVE_INFINITY), scalar(1), scalar(1)),
      'Cannot add an update: need finite numbers, got -Infinity in model.kernel of aggregation 1',
    );
    assert.equal(
      message(vector(1, 2), scalar(1), scalar(Number.NaN)),
      'Cannot add an update: need finite numbers, got NaN in the weight of aggregation 1',
    );
    assert.equal(
      message(vector(1, 2), scalar(1), scalar(-1)),
      'Cannot add an update: its weight must not be negative, got -1 in aggregation 1',
    );
    assert.equal(
      check([vector(1, 2, 3, 4, 5), scalar(1), count(10)])!.message,
      "Cannot add a client's value to a secure sum: need 0 to 9, got 10 in aggregation 1",
    );
    assert.equal(
      message(vector(1, 2), vector(1, 2), scalar(1)),
      'Cannot add an update: need a tensor float32, got float32[2] in model.bias of aggregation 1',
    );
  });

  test('`updateChecker` refuses a bool that is neither 0 nor 1, and an array of another type', () => {
    const collect: Aggregation = { kind: 'collect', update: bool(), result: bool(null) };
    const votes = updateChecker([collect], [createReduction(collect, () => [])]);
    const vote = (data: Uint8Array): readonly Tensor[] => [{ dtype: 'bool', shape: [], data }];
    assert.isNull(votes(vote(Uint8Array.of(1))));
    assert.equal(votes(vote(Uint8Array.of(255)))?.code, 'wrong-update');
    assert.equal(votes(vote(Float32Array.of(1) as never))?.code, 'wrong-update');
  });
});
