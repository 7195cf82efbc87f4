import { type Dataset, float32, sequence, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from './contract.js';
import { populationOf } from './population-of.js';

const readings = (...values: number[]): Dataset => ({
  length: values.length,
  columns: tensor('float32', [values.length], Float32Array.from(values)),
});
const dataType = struct({ readings: sequence(float32()) });

describe('populationOf', () => {
  test('gives each client its value, a name and its number of examples', () => {
    const population = populationOf([{ readings: readings(25) }, { readings: readings(30, 31) }], dataType);
    expect(population.size).toBe(2);
    expect(population.clientId(1)).toBe('client-1');
    expect(population.exampleCount(1)).toBe(2);
    expect(population.load(1)).toEqual({ readings: readings(30, 31) });
  });

  test('counts no examples where a client holds no dataset', () => {
    expect(populationOf([tensor('float32', [], Float32Array.of(3))], float32()).exampleCount(0)).toBe(0);
  });

  test('throws when two clients have one name', () => {
    expect(() =>
      populationOf([{ readings: readings() }, { readings: readings() }], dataType, { clientIds: ['a', 'a'] }),
    ).toThrow('need 2 different client ids, got 1 of 2');
  });

  populationContract('populationOf', () =>
    populationOf([{ readings: readings(1, 2) }, { readings: readings(3) }], dataType),
  );
});
