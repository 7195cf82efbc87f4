import type { Dataset, Tensor } from '@starling/federated-core';
import type { Population } from '@starling/population';
import { populationContract } from '@starling/population/contract';
import { describe, expect, test } from 'vitest';
import { sensorReadings } from './sensor-readings.js';

const readingsOf = (population: Population, client: number): Float32Array => {
  const { readings } = population.load(client) as { readonly readings: Dataset };
  return (readings.columns as Tensor<'float32'>).data;
};

describe('sensorReadings', () => {
  test('gives each mote its readings in the order of time', () => {
    const population = sensorReadings();
    expect(population.size).toBe(4);
    // Line counts of the four files, and the first and last line of the first and third.
    expect([0, 1, 2, 3].map((client) => population.exampleCount(client))).toEqual([4417, 4417, 5039, 5041]);
    expect(readingsOf(population, 0)[0]).toBeCloseTo(27.97, 5);
    expect(readingsOf(population, 0).at(-1)).toBeCloseTo(27.05, 5);
    expect(readingsOf(population, 2).at(-1)).toBeCloseTo(22.77, 5);
  });

  test('cuts the readings by time when there are more clients than motes', () => {
    const population = sensorReadings({ clients: 10 });
    // 10 = 3 + 3 + 2 + 2; 4417 in three is 1472, 1472 and 1473.
    expect(population.clientId(0)).toBe('mote-1-part-1');
    expect(population.clientId(9)).toBe('mote-4-part-2');
    expect([0, 1, 2].map((client) => population.exampleCount(client))).toEqual([1472, 1472, 1473]);
    const joined = [0, 1, 2].flatMap((client) => [...readingsOf(population, client)]);
    expect(joined).toEqual([...readingsOf(sensorReadings(), 0)]);
  });

  test('throws when there are fewer clients than motes', () => {
    expect(() => sensorReadings({ clients: 3 })).toThrow('clients must be from 4 to 17668, got 3');
  });

  populationContract('sensor readings', () => sensorReadings({ clients: 6 }));
});
