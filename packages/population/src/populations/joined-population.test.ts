import { float32, toValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from './contract.js';
import { joinedPopulation } from './joined-population.js';
import { populationOf } from './population-of.js';

const numbers = (name: string, values: readonly number[], clientIds: readonly string[]) =>
  populationOf(
    values.map((value) => toValue(float32(), value)),
    float32(),
    { name, clientIds },
  );
const joined = () =>
  joinedPopulation(numbers('one', [1, 2], ['a', 'b']), numbers('other', [3, 4], ['c', 'd']));

populationContract('joinedPopulation', joined);

describe('joinedPopulation', () => {
  test('`joinedPopulation` has the clients of both, by their names', async () => {
    const population = joined();
    expect([population.name, population.size]).toEqual(['one+other', 4]);
    expect([0, 1, 2, 3].map((index) => population.clientId(index))).toEqual(['a', 'b', 'c', 'd']);
    expect(await population.load(2)).toEqual(toValue(float32(), 3));
  });

  test('`joinedPopulation` refuses clients with data of two types, and says when data is not at hand', () => {
    const other = populationOf([toValue(float32(2), [1, 2])], float32(2));
    expect(() => joinedPopulation(joined(), other)).toThrow('data of one type, got float32 and float32[2]');
    const remote = { ...joined(), dataAtHand: false };
    expect(joinedPopulation(remote, joined()).dataAtHand).toBe(false);
  });
});
