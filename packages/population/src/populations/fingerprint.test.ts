import { type Dataset, float32, seedFrom, sequence, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { dirichletPartition } from '../partitioners/dirichlet-partition.js';
import { iidPartition } from '../partitioners/iid-partition.js';
import type { Partitioner } from '../partitioners/partitioner.js';
import { fingerprintOf } from './fingerprint.js';
import { generatedPopulation } from './generated-population.js';
import { partitionedPopulation } from './partitioned-population.js';
import type { Population } from './population.js';
import { populationOf } from './population-of.js';

/** The fields in which two fingerprints differ. */
async function differing(left: Population, right: Population): Promise<readonly string[]> {
  const [one, other] = [await left.fingerprint(), await right.fingerprint()];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => one[key] !== other[key]);
}

const column = (...values: number[]): Dataset => ({
  length: values.length,
  columns: tensor('float32', [values.length], Float32Array.from(values)),
});

describe('fingerprint', () => {
  test('`populationOf` tells other data, names and numbers of clients', async () => {
    const of = (values: readonly Dataset[], clientIds?: readonly string[]) =>
      populationOf(values, sequence(float32()), clientIds === undefined ? {} : { clientIds });
    const base = of([column(1, 2), column(3)]);
    expect(await differing(base, of([column(1, 2), column(3)]))).toEqual([]);
    expect(await differing(base, of([column(1, 2), column(4)]))).toEqual(['data']);
    // The same numbers, cut at another place: the lengths differ, and so do the counts.
    expect(await differing(base, of([column(1), column(2, 3)]))).toEqual(['names', 'data']);
    expect(await differing(base, of([column(1, 2), column(3)], ['a', 'b']))).toEqual(['names']);
    expect(await differing(base, of([column(1, 2)]))).toEqual(['size', 'names', 'data']);
    expect((await of([]).fingerprint())['size']).toBe(0);
  });

  test('`partitionedPopulation` tells another seed, partitioner, number of clients and dataset', async () => {
    const element = struct({ x: float32(), y: float32() });
    const dataset = (scale: number): Dataset => {
      const x = tensor(
        'float32',
        [60],
        Float32Array.from({ length: 60 }, (_, row) => row * scale),
      );
      const y = tensor(
        'float32',
        [60],
        Float32Array.from({ length: 60 }, (_, row) => row % 3),
      );
      return { length: 60, columns: { x, y } };
    };
    const make = (partitioner: Partitioner, seed = 1, scale = 1) =>
      partitionedPopulation({
        name: 'toy',
        dataset: dataset(scale),
        element,
        partitioner,
        seed: seedFrom(seed),
      });
    const base = make(iidPartition({ clients: 4 }));
    expect(await differing(base, make(iidPartition({ clients: 4 })))).toEqual([]);
    expect(await differing(base, make(iidPartition({ clients: 4 }), 2))).toEqual([
      'seed',
      'partition',
      'data',
    ]);
    expect(await differing(base, make(iidPartition({ clients: 4 }), 1, 2))).toEqual(['data']);
    expect(await differing(base, make(iidPartition({ clients: 5 })))).toContain('size');
    const mixed = (concentration: number) => make(dirichletPartition({ clients: 4, concentration }));
    expect(await differing(base, mixed(1))).toContain('name');
    expect(await differing(mixed(1), mixed(2))).toContain('partition');
  });

  test('`generatedPopulation` tells another seed, and that its data is not at hand', async () => {
    const make = (seed: number, generate: () => Dataset, dataAtHand?: boolean) =>
      generatedPopulation({
        ...(dataAtHand === undefined ? {} : { dataAtHand }),
        name: 'made',
        size: 1e12,
        dataType: sequence(float32()),
        seed: seedFrom(seed),
        exampleCount: () => 1,
        generate,
      });
    const base = make(1, () => column(1));
    expect(
      await differing(
        base,
        make(1, () => column(1)),
      ),
    ).toEqual([]);
    expect(
      await differing(
        base,
        make(2, () => column(1)),
      ),
    ).toEqual(['seed']);
    const withClients = () => {
      throw new Error('the data is with the clients');
    };
    expect((await make(1, withClients, false).fingerprint())['data']).toBe('not at hand');
  });

  test('`fingerprintOf` throws when a client of data at hand cannot be asked, or holds other data', async () => {
    const of = (change: Partial<Population>) =>
      fingerprintOf({ ...populationOf([column(1), column(2)], sequence(float32())), ...change });
    const lost = new Error('disk lost');
    const fails = () => {
      throw lost;
    };
    for (const change of [
      { load: fails },
      { load: () => Promise.reject(lost) },
      { clientId: fails },
      { exampleCount: fails },
    ]) {
      await expect(of(change)).rejects.toMatchObject({
        code: 'bad-population',
        message:
          "Cannot fingerprint population 'population': need client 0's name, count and data, got: disk lost",
        cause: lost,
      });
    }
    // A column of one number in a dataset of two.
    const load = (index: number): Dataset => ({ ...column(1), length: index + 1 });
    await expect(of({ load })).rejects.toMatchObject({
      code: 'bad-population',
      message: expect.stringContaining("client 1's name"),
    });
  });
});
