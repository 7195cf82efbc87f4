import { tensor } from '@starling/federated-core';
import { columnOf, tensorAt } from '@starling/federated-core/plan';
import type { ClientReport, Leaves, ManyWork } from '@starling/plan/runner';
import { describe, expect, test } from 'vitest';
import { manyUpdates, type WorkAlone } from './many-updates.js';

const dataset = (...values: number[]): Leaves => [
  tensor('float32', [values.length], Float32Array.from(values)),
];
const forms = [{ dtype: 'float32', shape: [] }] as const;

/** The sum of a client's rows; `calls` has how many rows and clients each call was of. */
function summing(numbers: (rows: number) => number = () => 1) {
  const calls: (readonly number[])[] = [];
  const work: ManyWork = {
    isRows: [true],
    numbers,
    async run(_, own) {
      const { shape, data } = own[0]!;
      const [rows, clients] = shape as [number, number];
      calls.push(shape);
      const sums = new Float32Array(clients);
      for (let at = 0; at < rows * clients; at++) sums[at % clients]! += (data as Float32Array)[at]!;
      return [columnOf({ dtype: 'float32', shape: [], data: sums })];
    },
  };
  return { work, calls };
}

const never: WorkAlone = () => {
  throw new Error('nobody works alone');
};

const numbersOf = (columns: Awaited<ReturnType<typeof manyUpdates>>['columns'], count: number) =>
  Array.from({ length: count }, (_, row) => Number(tensorAt(columns[0]!, row).data[0]));

describe('manyUpdates', () => {
  test('`manyUpdates` has those work in one call whose datasets are of one length', async () => {
    const { work, calls } = summing();
    const clients = [dataset(1, 2), dataset(), dataset(3, 4), dataset(5)];
    const { columns, lost } = await manyUpdates(work, [], clients, forms, never);
    expect(numbersOf(columns, 4)).toEqual([3, 0, 7, 5]);
    expect(calls).toEqual([
      [2, 2],
      [0, 1],
      [1, 1],
    ]);
    expect(lost.size).toBe(0);
  });

  test('`manyUpdates` has a client work by itself whose work is not small', async () => {
    // A call may compute 2^18 numbers, and is for 32 clients at least: 2^13 each, but not one more.
    const { work, calls } = summing((rows) => (rows > 2 ? 2 ** 13 + 1 : 2 ** 13));
    const dropped: ClientReport = { client: 'c', status: 'dropped', code: 'work-failed', reason: 'why' };
    const asked: number[] = [];
    const alone: WorkAlone = async (at) => {
      asked.push(at);
      return at === 1 ? dropped : [tensor('float32', [], Float32Array.of(-1))];
    };
    const clients = [dataset(1, 2), dataset(1, 2, 3), dataset(4, 5, 6)];
    const { columns, lost } = await manyUpdates(work, [], clients, forms, alone);
    expect(asked).toEqual([1, 2]);
    expect([...lost]).toEqual([[1, dropped]]);
    expect(numbersOf(columns, 3)).toEqual([3, 0, -1]);
    expect(calls).toEqual([[2, 1]]);
  });

  test('`manyUpdates` cuts a call that would compute too much', async () => {
    const { work, calls } = summing(() => 2 ** 13);
    const clients = Array.from({ length: 70 }, (_, client) => dataset(client));
    const { columns } = await manyUpdates(work, [], clients, forms, never);
    expect(calls.map(([, count]) => count)).toEqual([32, 32, 6]);
    expect(numbersOf(columns, 70)).toEqual(Array.from({ length: 70 }, (_, client) => client));
  });

  test('`manyUpdates` has all of a call work by themselves when it fails', async () => {
    const { work } = summing();
    const failing: ManyWork = { ...work, run: () => Promise.reject(new Error('out of bounds')) };
    const alone: WorkAlone = async (_, input) => [
      tensor('float32', [], Float32Array.of(input[0]!.data.length)),
    ];
    const { columns } = await manyUpdates(failing, [], [dataset(7, 7), dataset(7)], forms, alone);
    expect(numbersOf(columns, 2)).toEqual([2, 1]);
  });

  test('`manyUpdates` of nobody calls nobody', async () => {
    const { work, calls } = summing();
    await manyUpdates(work, [], [], forms, never);
    expect(calls).toEqual([]);
  });
});
