import { atClients, federatedComputation, federatedMean, float32, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { checkNames } from './check-names.js';

const computation = federatedComputation({ x: atClients(float32()) }, ({ x }) => federatedMean(x));
const named = (name: string, ...clientIds: readonly string[]) =>
  populationOf(
    clientIds.map((_, index) => toValue(float32(), index)),
    float32(),
    { name, clientIds },
  );
const population = named('run', 'a', 'b');

describe('checkNames', () => {
  test('`checkNames` takes clients of other names, those of the run, and no clients', () => {
    const evaluation = { every: 1, computation };
    expect(() => checkNames({ population })).not.toThrow();
    expect(() => checkNames({ population, evaluation })).not.toThrow();
    expect(() =>
      checkNames({ population, evaluation: { ...evaluation, population: named('test', 'c') } }),
    ).not.toThrow();
  });

  test('`checkNames` refuses a name that a client of the run has', () => {
    const shared = named('test', 'c', 'b');
    expect(() =>
      checkNames({ population, evaluation: { every: 1, computation, population: shared } }),
    ).toThrow(
      "clients of evaluation.population must have names of their own, got 'b' in run and test. Give them other names",
    );
    expect(() => checkNames({ population, evaluation: { every: 1, computation, population } })).toThrow(
      "got 'a' in run and run. Leave evaluation.population out",
    );
  });
});
