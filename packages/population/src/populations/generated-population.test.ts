import {
  type Dataset,
  float32,
  seedFrom,
  sequence,
  struct,
  type Tensor,
  type Type,
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

  test('throws where a client holds other examples than it says, and names the line', () => {
    const told = (dataType: Type, count: number): Population =>
      generatedPopulation({
        name: 'told',
        size: 2,
        dataType,
        seed: seedFrom(1),
        exampleCount: () => count,
        generate: () =>
          dataType.kind === 'sequence'
            ? { length: 2, columns: tensor('float32', [2], Float32Array.of(1, 2)) }
            : tensor('float32', [], Float32Array.of(1)),
      });
    expect(() => told(sequence(float32()), 3).load(1)).toThrow(
      /^Cannot generate client 1 of told: generate must give as many examples as exampleCount\(1\), 3, got 2\n {4}at .*generated-population\.test\.ts/,
    );
    expect(() => told(sequence(float32()), 2).load(1)).not.toThrow();
    // Data that is no dataset has no examples.
    expect(() => told(float32(), 3).load(1)).not.toThrow();
  });

  populationContract('generatedPopulation', () => numbers(1));
});
