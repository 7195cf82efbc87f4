import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { partitionerContract } from './contract.js';
import { indicesPartition } from './indices-partition.js';

const cut = (indices: unknown, rows = 6) =>
  indicesPartition({ indices })
    .partition(new Int32Array(rows), seedFrom(1))
    .map((part) => [...part]);

describe('indicesPartition', () => {
  test('gives clients the rows of their lists, in their order', () => {
    expect(cut(JSON.parse('[[5, 0], [], [2]]'))).toEqual([[5, 0], [], [2]]);
  });

  test('takes lists by name, and names clients so', () => {
    const partitioner = indicesPartition({ indices: JSON.parse('{ "alice": [1, 2], "bob": [0] }') });
    expect(partitioner.clients).toBe(2);
    expect(partitioner.clientNames!([])).toEqual(['alice', 'bob']);
  });

  test.each([
    [[], 'indices must be lists of row indices, in an array or by name, at least one, got an array of 0'],
    ['cut.json', "at least one, got 'cut.json'"],
    [[[0], 1], 'indices[1] must be a list of row indices, got 1'],
    [{ alice: [0, -1] }, 'indices.alice[1] must be a whole number from 0, got -1'],
    [[[0, 1.5]], 'indices[0][1] must be a whole number from 0, got 1.5'],
    [
      [
        [0, 3],
        [1, 3],
      ],
      'need each row once, got 3 in indices[0] and as indices[1][1]',
    ],
    [[[0], [4, 6]], 'indices[1][1] must be a row, from 0 to 5, got 6'],
  ])('refuses %j', (indices, message) => {
    expect(() => cut(indices)).toThrow(message);
  });

  partitionerContract('indices', (clients) => indicesPartition({ indices: listsFor(clients) }), {
    isSeeded: false,
  });
});

/** Rows 0 to 1,012 dealt in turn. */
function listsFor(clients: number): readonly number[][] {
  if (!(Number.isInteger(clients) && clients > 0)) return [];
  const lists = Array.from({ length: clients }, (): number[] => []);
  for (let row = 0; row < 1013; row++) lists[row % clients]!.push(row);
  return lists;
}
