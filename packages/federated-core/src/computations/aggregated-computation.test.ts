// That the server sees values of single clients stands in every type on the way from where it does, and in plans alike.
import { describe, expect, test } from 'vitest';
import { compilePlan } from '../compile/compile-plan.js';
import { field } from '../expression/symbolic-value.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedCollect } from '../intrinsics/moves/federated-collect.js';
import { federatedSample } from '../intrinsics/moves/federated-sample.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { federatedSequenceSum } from '../intrinsics/sequences/federated-sequence-sum.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { inspectPlan } from '../printing/inspect-plan.js';
import { bothWays } from '../testing/both-ways.js';
import { plainLocal } from '../testing/plain-local.js';
import { reveals } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import { atClients, atServer, float32, sequence } from '../types/types.js';
import { requireAggregated } from './aggregated-computation.js';
import { call } from './call.js';
import { type FederatedComputation, federatedComputation } from './federated-computation.js';

const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
const values = { values: atClients(float32()) };

const shift = federatedComputation({ by: atServer(float32()), ...values }, (given) => ({
  mean: federatedMean(federatedMap(add, { a: given.values, b: federatedBroadcast(given.by) })),
  by: given.by,
}));
/** By what they do, each with the results that are revealing. */
const cases: Readonly<Record<string, readonly [FederatedComputation, string]>> = {
  'nothing is revealed': [
    federatedComputation(values, (given) => federatedMean(given.values)),
    'float32@SERVER',
  ],
  'what is collected is thrown away': [
    federatedComputation(values, (given) => {
      federatedCollect(given.values);
      return federatedMean(given.values);
    }),
    'float32@SERVER',
  ],
  'one of two results is collected': [
    federatedComputation(values, (given) => ({
      all: federatedCollect(given.values),
      mean: federatedMean(given.values),
    })),
    '<all=float32*@SERVER revealing,mean=float32@SERVER>',
  ],
  'the server computes from a sample, and zips it': [
    federatedComputation(values, (given) =>
      federatedZip({
        sum: federatedSequenceSum(federatedSample(given.values, { maxSamples: 2 })),
        mean: federatedMean(given.values),
      }),
    ),
    '<sum=float32,mean=float32>@SERVER revealing',
  ],
  'a field is taken of what was zipped with a sample': [
    federatedComputation(values, (given) =>
      field(federatedZip([federatedSample(given.values, { maxSamples: 2 }), federatedMean(given.values)]), 1),
    ),
    'float32@SERVER revealing',
  ],
  'clients compute from what the server collected': [
    federatedComputation(values, (given) => {
      const sum = federatedBroadcast(federatedSequenceSum(federatedCollect(given.values)));
      return federatedMean(federatedMap(add, { a: given.values, b: sum }));
    }),
    'float32@SERVER revealing',
  ],
  'a computation is called with a revealing value': [
    federatedComputation(values, (given) =>
      call(shift, { by: federatedSequenceSum(federatedCollect(given.values)), values: given.values }),
    ),
    '<mean=float32@SERVER revealing,by=float32@SERVER revealing>',
  ],
};

describe('a type', () => {
  test.each(Object.entries(cases))('is revealing, as the plan is, when %s', (_, [computation, expected]) => {
    expect(formatType(computation.type.result)).toBe(expected);
    expect(reveals(computation.type)).toBe(expected.includes('revealing'));
    expect(inspectPlan(compilePlan(computation)).revealing).toBe(expected.includes('revealing'));
  });

  test('of a revealing value fits a revealing parameter alone, though any computation can be called with it', async () => {
    const asking = federatedComputation({ x: atServer(sequence(float32())) }, ({ x }) =>
      federatedSequenceSum(x),
    );
    const sum = federatedComputation(values, (given) => call(asking, { x: federatedCollect(given.values) }));
    expect(await bothWays(sum, { values: [1, 2, 4] })).toBe(7);
  });
});

describe('requireAggregated', () => {
  test('gives the computation back when the server sees aggregates alone', () => {
    const [mean] = cases['nothing is revealed']!;
    expect(requireAggregated(mean)).toBe(mean);
  });

  test('names what reveals, in called computations too, and its line, when something does', () => {
    const inner = federatedComputation(values, (given) => federatedSample(given.values, { maxSamples: 1 }), {
      name: 'inner',
    });
    const outer = federatedComputation(
      values,
      (given) => ({ some: call(inner, given), all: federatedCollect(given.values) }),
      { name: 'outer' },
    );
    expect(() => requireAggregated(outer)).toThrow(
      /^Cannot accept outer as aggregated: the server must see no value of a single client, got federatedSample, federatedCollect\n {4}at .*aggregated-computation\.test\.ts:\d+/,
    );
  });
});
