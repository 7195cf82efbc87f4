import { float32, seedFrom, toValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from './contract.js';
import { populationOf } from './population-of.js';
import { splitPopulation } from './split-population.js';

const whole = populationOf(
  Array.from({ length: 20 }, (_, value) => toValue(float32(), value)),
  float32(),
);
const split = (seed = 1) => splitPopulation(whole, { testShare: 0.25, seed: seedFrom(seed) });
const namesOf = ({ size, clientId }: typeof whole) =>
  Array.from({ length: size }, (_, index) => clientId(index));

populationContract('a part of splitPopulation', () => split().test);

describe('splitPopulation', () => {
  test('`splitPopulation` gives each client to one part, with its name and data; another by seed', async () => {
    const { train, test: tests } = split();
    expect([train.size, tests.size]).toEqual([15, 5]);
    expect([...namesOf(train), ...namesOf(tests)].sort()).toEqual([...namesOf(whole)].sort());
    const [name] = namesOf(tests);
    expect(await tests.load(0)).toEqual(await whole.load(Number(name!.replace('client-', ''))));
    expect(namesOf(split(2).test)).not.toEqual(namesOf(tests));
  });

  test('`splitPopulation` refuses a share outside of (0, 1)', () => {
    expect(() => splitPopulation(whole, { testShare: 0, seed: seedFrom(1) })).toThrow(
      'testShare must be a finite number > 0 and < 1, got 0',
    );
  });
});
