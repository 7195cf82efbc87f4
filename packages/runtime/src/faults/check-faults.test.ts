import { compilePlan, float32, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { meanOfMeans, totalOf } from '../testing/contract-computations.js';
import { checkFaults } from './check-faults.js';
import type { FaultsInput } from './fault-schema.js';
import { readFaults } from './read-faults.js';

const population = populationOf(
  [1, 2].map((value) => toValue(float32(), value)),
  float32(),
);
const messageOf = (
  faults: FaultsInput,
  computation: typeof totalOf | typeof meanOfMeans = totalOf,
): string => {
  try {
    checkFaults(readFaults(faults), compilePlan(computation).phases, population);
  } catch (error) {
    return (error as Error).message.replace('Cannot simulate faults: ', '');
  }
  return '';
};
const late = { latency: { distribution: 'constant', ms: 60 } } as const;

describe('checkFaults', () => {
  test.each<[FaultsInput, string]>([
    [
      { crashes: [{ clients: [1, 2] }] },
      'crashes[0].clients[1] must be below 2, the clients of population, got 2',
    ],
    [
      { duplicates: [{ clients: ['client-0', 'bob'] }] },
      "duplicates[0].clients[1] must be the name of a client of population, such as 'client-0', got 'bob'",
    ],
    [{ corrupt: [{ how: 'weight' }] }, "corrupt[0].how 'weight' needs a mean that is weighted, got none"],
    [
      { byzantine: [{ how: 'zero', aggregations: [0, 1] }] },
      'byzantine[0].aggregations[1] must be below 1, the aggregations of a phase, got 1',
    ],
    [
      { dropouts: [{ for: 'good' }] },
      'dropouts[0] must leave a client that answers: it loses all 2 clients for good, from round 1 on',
    ],
    [
      { crashes: [{ rounds: { from: 3 } }] },
      'crashes[0] must leave a client that answers: it loses all 2 clients for good, from round 3 on',
    ],
    [
      { dropouts: [{ clients: [0] }], crashes: [{ clients: ['client-1'] }] },
      'dropouts[0] must leave a client that answers: with the rules like it, it loses all 2 clients for good, from round 1 on',
    ],
    [
      { deadlineMs: 50, stragglers: [late] },
      'stragglers[0] must leave a client that comes within 50 ms: it loses all 2 clients for good, from round 1 on',
    ],
  ])('`checkFaults` refuses %j', (faults, message) => {
    expect(messageOf(faults)).toBe(message);
  });

  test.each<FaultsInput>([
    { dropouts: [{ probability: 0.99, for: 'good' }] },
    { dropouts: [{ rounds: { to: 2 } }] },
    { dropouts: [{ clients: [0], for: 'good' }], crashes: [{ clients: [0, 'client-0'] }] },
    { deadlineMs: 60, stragglers: [late] },
    { stragglers: [late] },
    { corrupt: [{ how: 'nan' }, { how: 'shape' }] },
  ])('`checkFaults` takes %j', (faults) => {
    expect(messageOf(faults)).toBe('');
  });

  test('`checkFaults` takes a weight where there is one', () => {
    expect(messageOf({ corrupt: [{ how: 'weight' }] }, meanOfMeans)).toBe('');
  });
});
