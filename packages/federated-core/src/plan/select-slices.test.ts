import { describe, expect, test } from 'vitest';
import { deriveSeed, type Seed } from '../random/seed.js';
import { float32, string, struct } from '../types/types.js';
import { type Tensor, tensor } from '../values/tensor.js';
import { clientSlices, selectSlices, slicesInOrder, unpackSlices } from './select-slices.js';

const seed: Seed = [1, 2];
const ints = (...values: number[]): Tensor => tensor('int32', [values.length], Int32Array.from(values));
const slice = struct({ value: float32(), word: string(1) });
const selection = { keys: { phase: 0, aggregation: 0 }, served: float32(), graph: 'slice', slice, salt: 7 };

/** Slices of a served number and a key: their sum, and the key as a word; and which keys were sliced. */
function slicer() {
  const calls: { readonly key: number; readonly seed: Seed }[] = [];
  const run = (_: string, [served, key]: readonly Tensor[], given: Seed): readonly Tensor[] => {
    const number = Number(key!.data[0]);
    calls.push({ key: number, seed: given });
    return [
      tensor('float32', [], Float32Array.of(Number(served!.data[0]) + number)),
      tensor('string', [1], [`k${number}`]),
    ];
  };
  return { calls, run };
}
const served = [tensor('float32', [], Float32Array.of(100))];

describe('selectSlices', () => {
  test('`selectSlices` slices once a key, with the key’s seed, and says which slices are whose', async () => {
    const { calls, run } = slicer();
    const keysOf = [[5, 2, 5], [], [2, 9]].map((keys) => Int32Array.from(keys));
    const { rows, rowsOf } = await selectSlices(selection, served, keysOf, run, seed);
    expect(calls).toEqual([5, 2, 9].map((key) => ({ key, seed: deriveSeed(seed, 7, key) })));
    expect(rows).toEqual([
      tensor('float32', [3], Float32Array.of(105, 102, 109)),
      tensor('string', [3, 1], ['k5', 'k2', 'k9']),
    ]);
    expect(rowsOf.map((own) => [...own])).toEqual([[0, 1, 0], [], [1, 2]]);
  });

  test('`selectSlices` gives no rows when nobody asks for any', async () => {
    const { calls, run } = slicer();
    const { rows } = await selectSlices(selection, served, [new Int32Array(0)], run, seed);
    expect(calls).toEqual([]);
    expect(rows.map(({ shape }) => shape)).toEqual([[0], [0, 1]]);
  });

  test('`selectSlices` names the call when the slice throws', async () => {
    const broken = () => {
      throw new Error('no table');
    };
    await expect(selectSlices(selection, served, [Int32Array.of(1)], broken, seed)).rejects.toMatchObject({
      code: 'computation-failed',
      message: 'Cannot run call 7: no table',
    });
  });
});

describe('clientSlices', () => {
  const rows = [
    tensor('float32', [3], Float32Array.of(10, 20, 30)),
    tensor('string', [3, 1], ['a', 'b', 'c']),
  ];

  test('`clientSlices` sends a slice that is asked for twice once, with the order of the keys', () => {
    const { slices, order } = clientSlices(slice, rows, Int32Array.of(2, 0, 2));
    expect(slices).toEqual([
      tensor('float32', [2], Float32Array.of(30, 10)),
      tensor('string', [2, 1], ['c', 'a']),
    ]);
    expect(order).toEqual(ints(0, 1, 0));
  });

  test('`clientSlices` sends no order when all keys differ, or there are none', () => {
    expect(clientSlices(slice, rows, Int32Array.of(2, 1)).order).toEqual(ints());
    expect(clientSlices(slice, rows, new Int32Array(0)).slices.map(({ shape }) => shape)).toEqual([
      [0],
      [0, 1],
    ]);
  });

  test.each([[[0, 1, 2]], [[2, 2, 0, 2]], [[]], [[1]]])(
    '`unpackSlices` gives what `slicesInOrder` gives in one process (%j)',
    (own) => {
      const rowsOf = Int32Array.from(own);
      expect(unpackSlices(slice, clientSlices(slice, rows, rowsOf))).toEqual(
        slicesInOrder(slice, rows, rowsOf),
      );
    },
  );

  test('`unpackSlices` refuses an order that names a slice that is not there', () => {
    for (const place of [3, -1]) {
      expect(() => unpackSlices(slice, { slices: rows, order: ints(0, place) })).toThrow(
        `Cannot take slice ${place}: need one of the 3 that are there`,
      );
    }
  });
});
