import {
  type Dataset,
  float32,
  formatType,
  int32,
  seedFrom,
  sequence,
  struct,
  type Tensor,
  tensor,
  type Value,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attackedPopulation } from './attacked-population.js';
import { populationContract } from './contract.js';
import { populationOf } from './population-of.js';

const seed = seedFrom(1);
const digits = populationOf(
  Array.from({ length: 10 }, () => ({
    data: { length: 3, columns: { y: tensor('int32', [3], Int32Array.of(0, 7, -1)) } },
  })),
  struct({ data: sequence(struct({ y: int32() })) }),
  { name: 'digits' },
);

const labelsOf = (value: Value): readonly number[] => {
  const { data } = value as { readonly data: Dataset };
  return [...((data.columns as Readonly<Record<string, Tensor>>)['y']!.data as Int32Array)];
};

/** Of each client, whether it is a liar, and its labels. */
async function clientsOf(share: number, flips: boolean) {
  const population = attackedPopulation({
    population: digits,
    share,
    seed,
    ...(flips && { flipLabels: { classes: 10 } }),
  });
  const values = await Promise.all(Array.from({ length: 10 }, async (_, index) => population.load(index)));
  return values.map((value) => ({
    isLiar: ((value as { readonly attacker: Tensor }).attacker.data as Float32Array)[0] === 1,
    labels: labelsOf(value),
  }));
}

describe('attackedPopulation', () => {
  test('has as many liars as it is told, and the same ones each time', async () => {
    const few = await clientsOf(0.2, false);
    expect(few.filter(({ isLiar }) => isLiar).length).toBe(2);
    expect(await clientsOf(0.2, false)).toEqual(few);
    const more = await clientsOf(0.5, false);
    expect(more.filter(({ isLiar }) => isLiar).length).toBe(5);
    few.forEach(({ isLiar }, index) => {
      if (isLiar) expect(more[index]!.isLiar).toBe(true);
    });
  });

  test('flips the labels of liars alone', async () => {
    for (const { isLiar, labels } of await clientsOf(0.3, true)) {
      // Of ten classes 0 becomes 9 and 7 becomes 2; −1 is none of them.
      expect(labels).toEqual(isLiar ? [9, 2, -1] : [0, 7, -1]);
    }
  });

  test('adds a field to what clients hold', () => {
    const population = attackedPopulation({ population: digits, share: 0, seed });
    expect(formatType(population.dataType)).toBe('<data=<y=int32>*,attacker=float32>');
  });

  test('throws when there is no label to flip', () => {
    const plain = populationOf([{ x: tensor('float32', [], Float32Array.of(1)) }], struct({ x: float32() }));
    expect(() =>
      attackedPopulation({ population: plain, share: 0.5, seed, flipLabels: { classes: 2 } }),
    ).toThrow("need a sequence 'data' of structs with an int32 or uint8 'y'");
  });

  populationContract('attackedPopulation', () =>
    attackedPopulation({ population: digits, share: 0.4, seed, flipLabels: { classes: 10 } }),
  );
});
