// docs/aggregators.md is what the code says of every aggregator: `npx vitest run test/documents/aggregators -u` prints
// it anew.
import * as room from '@starling/aggregators';
import { describe, expect, test } from 'vitest';
import { aggregators } from '../support/aggregators.js';
import { printAggregators } from './print-aggregators.js';

/** Of what is exported as a function and gives no aggregator. */
const NO_AGGREGATORS: readonly string[] = [
  'aggregationBy',
  'aggregationOf',
  'aggregatorKind',
  'boundNorm',
  'leavesOf',
  'mapStructure',
  'nothing',
  'quantileEstimate',
  'zerosOf',
];

describe('docs/aggregators.md', () => {
  test('is printed from the code', async () => {
    await expect(printAggregators()).toMatchFileSnapshot('../../docs/aggregators.md');
  });

  test('has every aggregator of the room', () => {
    const functions = Object.entries(room).filter(([, one]) => typeof one === 'function');
    const named = functions.map(([name]) => name).filter((name) => !NO_AGGREGATORS.includes(name));
    expect(Object.keys(aggregators).sort()).toEqual(named.sort());
  });
});
