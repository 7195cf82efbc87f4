import {
  type Dataset,
  float32,
  seedFrom,
  sequence,
  struct,
  type Tensor,
  tensor,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from './contract.js';
import { generatedPopulation } from './generated-population.js';
import type { Population } from './population.js';

// Client i holds i mod 3 + 1 uniform numbers.
const numbers = (seed: number): Population =>
  generatedPopulation({
    name: 'numbers',
    size: 1_000_000,
    dataType: struct({ data: sequence(float32()) }),
    seed: seedFrom(seed),
    exampleCount: (index) => (index % 3) + 1,
    generate: (index, random) => {
      const length = (index % 3) + 1;
      return {
        data: { length, columns: tensor('float32', [length], Float32Array.from({ length }, random.uniform)) },
      };
    },
  });
const first = (population: Population, index: number): number => {
  const { data } = population.load(index) as { readonly data: Dataset };
  return (data.columns as Tensor<'float32'>).data[0] as number;
};

describe('generatedPopulation', () => {
  test('gives every client numbers of its own', () => {
    const population = numbers(1);
    const drawn = Array.from({ length: 100 }, (_, index) => first(population, index * 9_999));
    expect(new Set(drawn).size).toBe(100);
  });

  test('gives other data for another seed', () => {
    expect(first(numbers(1), 5)).not.toBe(first(numbers(2), 5));
  });

  test('throws when the size is not a positive integer', () => {
    const none = (): Dataset => ({ length: 0, columns: [] });
    expect(() =>
      generatedPopulation({
        name: 'none',
        size: 0,
        dataType: sequence(struct([])),
        seed: seedFrom(1),
        exampleCount: () => 0,
        generate: none,
      }),
    ).toThrow('Cannot generate a population: size must be a whole number >= 1, got 0');
  });

  populationContract('generatedPopulation', () => numbers(1));
});
