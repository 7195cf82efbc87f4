import {
  type Dataset,
  deriveSeed,
  float32,
  int32,
  seedFrom,
  sequence,
  struct,
  type Tensor,
  tensor,
  uint8,
  type Value,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from './contract.js';
import { noiseSkew } from './noise-skew.js';
import { populationOf } from './population-of.js';
import { rotationSkew } from './rotation-skew.js';
import { skewedPopulation } from './skewed-population.js';

const seed = seedFrom(1);

/** Clients with one 3 × 3 image each, the numbers 1 to 9. */
const images = populationOf(
  Array.from({ length: 4 }, () => ({
    data: {
      length: 1,
      columns: {
        x: tensor('uint8', [1, 3, 3], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)),
        y: tensor('int32', [1], Int32Array.of(7)),
      },
    },
  })),
  struct({ data: sequence(struct({ x: uint8(3, 3), y: int32() })) }),
  { name: 'images' },
);

/** Clients with 10,000 zeros each. */
const zeros = populationOf(
  Array.from({ length: 4 }, () => ({
    data: { length: 10_000, columns: { x: tensor('float32', [10_000], new Float32Array(10_000)) } },
  })),
  struct({ data: sequence(struct({ x: float32() })) }),
);

const columnOf = (value: Value, name = 'x'): readonly number[] => {
  const { data } = value as { readonly data: Dataset };
  return [...((data.columns as Readonly<Record<string, Tensor>>)[name]!.data as Uint8Array)];
};

describe('rotationSkew', () => {
  test('turns the images of client i by the i-th angle, counter-clockwise', async () => {
    const turned = skewedPopulation({
      population: images,
      skew: rotationSkew({ degrees: [0, 90, 180] }),
      seed,
    });
    const seen = await Promise.all([0, 1, 2, 3].map(async (index) => columnOf(await turned.load(index))));
    expect(seen[0]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen[1]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]); // the right column is the top row now
    expect(seen[2]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(seen[3]).toEqual(seen[0]);
    expect(columnOf(await turned.load(1), 'y')).toEqual([7]);
    expect(columnOf(await images.load(1))).toEqual(seen[0]);
  });

  test('interpolates, and takes what comes from outside for 0', () => {
    // By 45 degrees the corner of a 3 × 3 image comes from √2 above the middle: 1 − (√2 − 1) = 0.586 of the pixel
    // there, the rest from outside. The top left corner comes from above, 2 · 0.586 = 1.17; the top right from the
    // right, 6 · 0.586 = 3.51.
    const column = tensor('float32', [1, 3, 3], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    const random = undefined as never;
    const skewed = rotationSkew({ degrees: [45] }).apply(column, { index: 0, clients: 1, random });
    const [topLeft, , topRight] = skewed.data as Float32Array;
    expect(topLeft).toBeCloseTo(2 * (2 - Math.SQRT2), 5);
    expect(topRight).toBeCloseTo(6 * (2 - Math.SQRT2), 5);
  });

  test('turns each channel of images that have some', () => {
    const column = tensor('float32', [1, 1, 2, 2], Float32Array.of(1, 2, 3, 4)); // one row of two pixels
    const random = undefined as never;
    const skewed = rotationSkew({ degrees: [180] }).apply(column, { index: 0, clients: 1, random });
    expect([...(skewed.data as Float32Array)]).toEqual([3, 4, 1, 2]);
  });

  test('throws when there is no angle, or the feature is no image', () => {
    expect(() => rotationSkew({ degrees: [] })).toThrow('degrees must be an array of at least one angle');
    expect(() => rotationSkew({ degrees: [90, Number.NaN] })).toThrow(
      'degrees[1] must be a finite number, got NaN',
    );
    const flat = skewedPopulation({ population: zeros, skew: rotationSkew({ degrees: [90] }), seed });
    expect(() => flat.load(0)).toThrow('need images of rank 2 or 3, got a feature of rank 0');
  });
});

describe('noiseSkew', () => {
  test('adds noise whose variance grows with the number of the client', async () => {
    // Client i of 4 has the variance 4 · (i + 1) / 4 = i + 1. 10,000 draws: ± (i + 1) · √(2 / 10,000), 5 of them is 7
    // %.
    const noisy = skewedPopulation({ population: zeros, skew: noiseSkew({ noiseStddev: 2 }), seed });
    for (const index of [0, 1, 2, 3]) {
      const numbers = columnOf(await noisy.load(index));
      const variance = numbers.reduce((sum, number) => sum + number ** 2, 0) / numbers.length;
      expect(Math.abs(variance / (index + 1) - 1)).toBeLessThan(0.07);
    }
  });

  test('cuts bytes to their range', async () => {
    const noisy = skewedPopulation({ population: images, skew: noiseSkew({ noiseStddev: 1_000 }), seed });
    const numbers = (await Promise.all([0, 1, 2, 3].map((index) => noisy.load(index)))).flatMap((one) =>
      columnOf(one),
    );
    expect(numbers).toContain(0);
    expect(numbers).toContain(255);
  });

  test('is the same for a seed, and another for another', async () => {
    const at = async (of: number) =>
      columnOf(
        await skewedPopulation({
          population: zeros,
          skew: noiseSkew({ noiseStddev: 1 }),
          seed: deriveSeed(seed, of),
        }).load(2),
      );
    expect(await at(1)).toEqual(await at(1));
    expect(await at(1)).not.toEqual(await at(2));
  });
});

describe('skewedPopulation', () => {
  test('has the names of its clients, and a fingerprint that says how they are skewed', async () => {
    const skew = noiseSkew({ noiseStddev: 1 });
    const noisy = skewedPopulation({ population: images, skew, seed });
    expect(noisy.name).toBe('images/noise(1)');
    expect(noisy.clientId(2)).toBe(images.clientId(2));
    expect(await noisy.fingerprint()).toMatchObject({ skew: 'noise(1)' });
  });

  test('throws when clients have no such feature', () => {
    const skew = noiseSkew({ noiseStddev: 1 });
    expect(() => skewedPopulation({ population: images, skew, seed, feature: 'z' })).toThrow(
      "need a sequence 'data' of structs with a tensor 'z', got <data=<x=uint8[3,3],y=int32>*>",
    );
    expect(() => skewedPopulation({ population: images, skew: noiseSkew as never, seed })).toThrow(
      'skew must be a skew, such as noiseSkew({ … })',
    );
  });

  populationContract('skewedPopulation', () =>
    skewedPopulation({ population: images, skew: noiseSkew({ noiseStddev: 9 }), seed }),
  );
});
