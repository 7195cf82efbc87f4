import {
  type Dataset,
  int32,
  seedFrom,
  string,
  struct,
  type Tensor,
  tensor,
  uint8,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { iidPartition } from '../partitioners/iid-partition.js';
import { naturalIdPartition } from '../partitioners/natural-id-partition.js';
import { shardPartition } from '../partitioners/shard-partition.js';
import { populationContract } from './contract.js';
import { partitionedPopulation } from './partitioned-population.js';

const element = struct({ x: uint8(2), y: int32() });
// Row i has the pixels [i, i] and the label i mod 2.
const dataset: Dataset = {
  length: 8,
  columns: {
    x: tensor(
      'uint8',
      [8, 2],
      Uint8Array.from({ length: 16 }, (_, at) => at >> 1),
    ),
    y: tensor(
      'int32',
      [8],
      Int32Array.from({ length: 8 }, (_, row) => row % 2),
    ),
  },
};

describe('partitionedPopulation', () => {
  test('gives each client its rows, features and labels together', () => {
    const population = partitionedPopulation({
      name: 'toy',
      dataset,
      element,
      partitioner: shardPartition({ clients: 2, shardsPerClient: 1 }),
      seed: seedFrom(1),
    });
    for (const index of [0, 1]) {
      const { data } = population.load(index) as { readonly data: Dataset };
      const { x, y } = data.columns as { readonly x: Tensor<'uint8'>; readonly y: Tensor<'int32'> };
      // A shard is one label: rows 0 2 4 6 or rows 1 3 5 7.
      const label = y.data[0] as number;
      expect([...y.data]).toEqual([label, label, label, label]);
      expect([...x.data]).toEqual([0, 2, 4, 6].flatMap((row) => [row + label, row + label]));
    }
  });

  test('names clients by the ids of a text column, and gives each its rows', async () => {
    const visits = struct({ patient: string(), y: int32() });
    const population = partitionedPopulation({
      name: 'visits',
      dataset: {
        length: 4,
        columns: {
          patient: tensor('string', [4], ['bo', 'ann', 'bo', 'ann']),
          y: tensor('int32', [4], Int32Array.of(1, 2, 3, 4)),
        },
      },
      element: visits,
      partitioner: naturalIdPartition(),
      label: 'patient',
      seed: seedFrom(1),
    });
    expect([0, 1].map((index) => population.clientId(index))).toEqual(['visits-ann', 'visits-bo']);
    const { data } = (await population.load(1)) as { readonly data: Dataset };
    expect([...(data.columns as { readonly y: Tensor<'int32'> }).y.data]).toEqual([1, 3]);
  });

  test.each([
    [undefined, 'what partition gives must be an array, got undefined'],
    [Promise.resolve([]), 'what partition gives must be an array, got a Promise. Await it before'],
    [
      [[0, 1]],
      'what partition gives client 0 must be an Int32Array of row numbers, got an array of 2. Make one',
    ],
    [
      [Int32Array.of(0), Int32Array.of(1, 8)],
      'what partition gives client 1 must be rows from 0 to 7, got 8',
    ],
  ])('refuses what a partitioner of one’s own gives, %o', (parts, message) => {
    const partitioner = { name: 'own', clients: null, partition: () => parts as never };
    expect(() =>
      partitionedPopulation({ name: 'toy', dataset, element, partitioner, seed: seedFrom(1) }),
    ).toThrow(`Cannot partition toy: ${message}`);
  });

  test('throws when the elements have no such label', () => {
    const partitioner = iidPartition({ clients: 2 });
    expect(() =>
      partitionedPopulation({
        name: 'toy',
        dataset,
        element,
        partitioner,
        seed: seedFrom(1),
        label: 'digit',
      }),
    ).toThrow("Cannot partition toy: needs a scalar field 'digit', got none");
  });

  test('throws when columns are of unequal length', () => {
    const uneven = {
      ...dataset,
      columns: { ...dataset.columns, y: tensor('int32', [6], new Int32Array(6)) },
    };
    expect(() =>
      partitionedPopulation({
        name: 'toy',
        dataset: uneven,
        element,
        partitioner: iidPartition({ clients: 2 }),
        seed: seedFrom(1),
      }),
    ).toThrow('at dataset.columns.y: need a tensor int32[8], got int32[6]');
  });

  populationContract('partitionedPopulation', () =>
    partitionedPopulation({
      name: 'toy',
      dataset,
      element,
      partitioner: iidPartition({ clients: 3 }),
      seed: seedFrom(1),
    }),
  );
});
