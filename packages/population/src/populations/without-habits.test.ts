import { float32, seedFrom, toValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { generatedPopulation } from './generated-population.js';
import type { Population } from './population.js';
import { populationOf } from './population-of.js';
import { splitPopulation } from './split-population.js';

const one = populationOf(
  [1, 2, 3].map((x) => toValue(float32(), x)),
  float32(),
  { name: 'ones' },
);
const made = generatedPopulation({
  name: 'made',
  size: 3,
  seed: seedFrom(1),
  dataType: float32(),
  generate: () => toValue(float32(), 1),
  exampleCount: () => 0,
});

describe('withoutHabits', () => {
  test.each<readonly [string, Population]>([
    ['ones', one],
    ['made', made],
    ['ones/test', splitPopulation(one, { testShare: 0.5, seed: seedFrom(1) }).test],
  ])('lets %s say what stands for an array', (name, population) => {
    const list = population as unknown as number[];
    const each = 'population.load(index), for index from 0 to population.size − 1';
    expect(() => list.map((x) => x)).toThrow(`Cannot take ${name} for an array: need ${each}, got .map`);
    expect(() => list.length).toThrow(`Cannot take ${name} for an array: need population.size, got .length`);
    expect(() => [...list]).toThrow(`Cannot take ${name} for an array: need ${each}, got a loop over it`);
    expect(() => list.map((x) => x)).toThrow(/\n {4}at .*without-habits\.test\.ts:\d+:\d+$/);
  });

  test('leaves the fields that a population has', () => {
    expect(Object.keys({ ...one })).toEqual(
      expect.arrayContaining(['name', 'size', 'dataType', 'clientId', 'exampleCount', 'load', 'fingerprint']),
    );
    expect(Object.keys(one)).toHaveLength(7);
  });
});
