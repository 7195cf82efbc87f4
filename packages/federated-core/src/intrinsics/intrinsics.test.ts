import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { federatedComputation } from '../computations/federated-computation.js';
import { EmptyAggregateError, NonFiniteError, OverflowError } from '../errors/starling-error.js';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { bothWays } from '../testing/both-ways.js';
import { plainLocal } from '../testing/plain-local.js';
import { parseType } from '../types/parse.js';
import {
  atClients,
  atServer,
  bool,
  float32,
  float64,
  int32,
  int64,
  sequence,
  string,
  struct,
} from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { intrinsics } from './intrinsics.js';
import { federatedBroadcast } from './moves/federated-broadcast.js';
import { federatedCollect } from './moves/federated-collect.js';
import { federatedSample } from './moves/federated-sample.js';
import { federatedSecureSelect } from './moves/federated-secure-select.js';
import { federatedSelect } from './moves/federated-select.js';
import { federatedEval } from './pointwise/federated-eval.js';
import { federatedMap } from './pointwise/federated-map.js';
import { federatedValue } from './pointwise/federated-value.js';
import { federatedZip } from './pointwise/federated-zip.js';
import { federatedBoundedMean } from './robust/federated-bounded-mean.js';
import { federatedGeometricMedian } from './robust/federated-geometric-median.js';
import { federatedKrum } from './robust/federated-krum.js';
import { federatedMedian } from './robust/federated-median.js';
import { federatedTrimmedMean } from './robust/federated-trimmed-mean.js';
import { federatedSecureModularSum } from './secure/federated-secure-modular-sum.js';
import { federatedSecureSum } from './secure/federated-secure-sum.js';
import { federatedSecureSumBitwidth } from './secure/federated-secure-sum-bitwidth.js';
import { federatedSequenceMap } from './sequences/federated-sequence-map.js';
import { federatedSequenceReduce } from './sequences/federated-sequence-reduce.js';
import { federatedSequenceSum } from './sequences/federated-sequence-sum.js';
import { federatedAggregate } from './sums/federated-aggregate.js';
import { federatedDiscountedMean } from './sums/federated-discounted-mean.js';
import { federatedMax } from './sums/federated-max.js';
import { federatedMean } from './sums/federated-mean.js';
import { federatedMin } from './sums/federated-min.js';
import { federatedSum } from './sums/federated-sum.js';

const double = plainLocal(float32(), float32(), (x) => 2 * x, 'double');
const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
const draw = plainLocal(null, float32(), (_, seed) => Math.fround(generator(seed).uniform()), 'draw');
const row = plainLocal(
  { table: float32(4), key: int32() },
  float32(),
  ({ table, key }) => (table as Tensor).data[key],
);
const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const anyFloat = fc.float();
/** Of one magnitude and with all bits used, so that another order of additions gives other bits. */
const thirds = fc.integer({ min: -300, max: 300 }).map((n) => n / 3);
const small = fc.integer({ min: -3, max: 12 });

const keysAndTable = fc.record({
  keys: fc.array(fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 5 })),
  table: fc.array(finite, { minLength: 4, maxLength: 4 }),
});

const weighedRows = fc
  .array(fc.tuple(fc.tuple(thirds, finite), fc.integer({ min: -1, max: 20 })))
  .map((each) => ({ x: each.map(([x]) => x), w: each.map(([, w]) => w / 7) }));

/** A computation for each intrinsic, with random arguments: `bothWays` holds plan and reference together. */
const cases: Readonly<Record<string, readonly [FederatedComputation, fc.Arbitrary<unknown>]>> = {
  federatedValue: [
    federatedComputation(atClients(float32()), (x) =>
      federatedSum(federatedZip([x, federatedValue(3, 'CLIENTS')])),
    ),
    fc.array(finite),
  ],
  federatedEval: [
    federatedComputation(atClients(float32()), (x) => ({
      clients: federatedSum(federatedMap(add, [x, federatedEval(draw, 'CLIENTS')])),
      server: federatedEval(draw, 'SERVER'),
    })),
    fc.array(finite),
  ],
  federatedBroadcast: [
    federatedComputation({ x: atClients(float32()), y: atServer(float32()) }, ({ x, y }) =>
      federatedSum(federatedMap(add, [x, federatedBroadcast(y)])),
    ),
    fc.record({ x: fc.array(finite), y: finite }),
  ],
  federatedSelect: [
    federatedComputation({ keys: atClients(int32(null)), table: atServer(float32(4)) }, ({ keys, table }) =>
      federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: row }))),
    ),
    keysAndTable,
  ],
  federatedSecureSelect: [
    federatedComputation({ keys: atClients(int32(null)), table: atServer(float32(4)) }, ({ keys, table }) =>
      federatedSum(federatedSequenceSum(federatedSecureSelect(table, { keys, keyBound: 4, slice: row }))),
    ),
    keysAndTable,
  ],
  federatedMap: [
    federatedComputation(atClients(float32()), (x) =>
      federatedMap(double, federatedSum(federatedMap(double, x))),
    ),
    fc.array(anyFloat),
  ],
  federatedZip: [
    federatedComputation({ x: atClients(float32()), y: atClients(int32()) }, ({ x, y }) =>
      federatedSum(federatedZip({ deep: { y, x }, x })),
    ),
    fc.array(fc.tuple(finite, small)).map((rows) => ({ x: rows.map(([x]) => x), y: rows.map(([, y]) => y) })),
  ],
  federatedSequenceMap: [
    federatedComputation(atClients(sequence(float32())), (x) =>
      federatedSum(federatedSequenceSum(federatedSequenceMap(double, x))),
    ),
    fc.array(fc.array(finite)),
  ],
  federatedSequenceReduce: [
    federatedComputation({ x: atClients(sequence(float32())), start: atServer(float32()) }, ({ x, start }) =>
      federatedSum(federatedSequenceReduce(x, federatedBroadcast(start), add)),
    ),
    fc.record({ x: fc.array(fc.array(finite)), start: finite }),
  ],
  federatedSequenceSum: [
    federatedComputation(atClients(sequence(struct({ a: float32(), b: int64(), c: int32() }))), (x) =>
      federatedSum(federatedSequenceSum(x)),
    ),
    fc.array(fc.array(fc.record({ a: finite, b: fc.bigInt({ min: -100n, max: 100n }), c: fc.integer() }))),
  ],
  federatedSum: [
    federatedComputation(atClients(struct({ a: float32(2), b: int32(), c: float64() })), (x) =>
      federatedSum(x),
    ),
    fc.array(fc.record({ a: fc.tuple(anyFloat, finite), b: small, c: fc.oneof(thirds, fc.double()) })),
  ],
  federatedMean: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) => ({
      plain: federatedMean(x, { ifEmpty: [0, 0] }),
      weighted: federatedMean(x, { weight: w, ifEmpty: [0, 0] }),
    })),
    fc
      .array(fc.tuple(fc.tuple(thirds, finite), anyFloat))
      .map((rows) => ({ x: rows.map(([x]) => x), w: rows.map(([, w]) => w) })),
  ],
  federatedDiscountedMean: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) =>
      federatedDiscountedMean(x, { weight: w, ifEmpty: [0, 0] }),
    ),
    weighedRows,
  ],
  federatedMin: [
    federatedComputation(atClients(struct([float32(2), int64()])), (x) =>
      federatedMin(x, { ifEmpty: [[0, 0], 0] }),
    ),
    fc.array(fc.tuple(fc.tuple(finite, anyFloat), fc.bigInt({ min: -9n, max: 9n }))),
  ],
  federatedMax: [
    federatedComputation(atClients(float32()), (x) => federatedMax(x, { ifEmpty: 7 })),
    fc.array(anyFloat),
  ],
  federatedAggregate: [
    federatedComputation(atClients(float32()), (x) =>
      federatedAggregate(x, { zero: 0, accumulate: add, merge: add, report: double }),
    ),
    fc.array(anyFloat),
  ],
  federatedSecureSum: [
    federatedComputation(atClients(struct([int32(), int64()])), (x) =>
      federatedSecureSum(x, { maxInput: 10 }),
    ),
    fc.array(fc.tuple(small, small)),
  ],
  federatedSecureSumBitwidth: [
    federatedComputation(atClients(int32()), (x) => federatedSecureSumBitwidth(x, { bitwidth: 3 })),
    fc.array(small),
  ],
  federatedSecureModularSum: [
    federatedComputation(atClients(struct([int32(), int64()])), (x) => ({
      plain: federatedSecureModularSum(x, { modulus: 11 }),
      symmetric: federatedSecureModularSum(x, { modulus: 11, symmetric: true }),
    })),
    fc.array(fc.tuple(small, small)),
  ],
  federatedCollect: [
    federatedComputation(atClients(struct({ a: float32(2), s: string(), b: bool() })), (x) =>
      federatedCollect(x),
    ),
    fc.array(fc.record({ a: fc.tuple(finite, finite), s: fc.string(), b: fc.boolean() })),
  ],
  federatedMedian: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) => ({
      plain: federatedMedian(x, { ifEmpty: [0, 0] }),
      weighted: federatedMedian(x, { weight: w }),
    })),
    weighedRows,
  ],
  federatedTrimmedMean: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) => ({
      share: federatedTrimmedMean(x, { trimShare: 0.3, ifEmpty: [0, 0] }),
      count: federatedTrimmedMean(x, { trim: 1, weight: w }),
    })),
    weighedRows,
  ],
  federatedKrum: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) => ({
      krum: federatedKrum(x, { faulty: 1, ifEmpty: [0, 0] }),
      multi: federatedKrum(x, { faultyShare: 0.3, keep: 'all-but-faulty', weight: w }),
    })),
    weighedRows,
  ],
  federatedGeometricMedian: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) =>
      federatedGeometricMedian(x, { weight: w, ifEmpty: [0, 0] }),
    ),
    weighedRows,
  ],
  federatedBoundedMean: [
    federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, ({ x, w }) =>
      federatedBoundedMean(x, { norm: 10, weight: w, ifEmpty: [0, 0] }),
    ),
    weighedRows,
  ],
  federatedSample: [
    federatedComputation(atClients(float32()), (x) => federatedSample(x, { maxSamples: 3 })),
    fc.array(finite),
  ],
};

describe('intrinsics', () => {
  test('`intrinsics` has a case in this suite for each of its names', () => {
    expect(Object.keys(cases).sort()).toEqual([...intrinsics.keys()].sort());
  });

  test.each([...intrinsics.values()])('`$name` declares signatures that parse', ({ signatures, summary }) => {
    for (const signature of signatures) expect(parseType(signature).kind).toBe('function');
    expect(summary).toMatch(/\.$/);
  });

  test.each(Object.entries(cases))(
    '`%s` gives the same bits by plan and by reference',
    async (_, [computation, argument]) => {
      await fc.assert(
        fc.asyncProperty(
          argument,
          fc.integer({ min: 1, max: 7 }),
          fc.nat(),
          async (given, laneSize, seed) => {
            try {
              await bothWays(computation, given, { laneSize, seed: seedFrom(seed) });
            } catch (error) {
              // `bothWays` has held the two errors together; these are defined answers.
              const defined = [OverflowError, EmptyAggregateError, NonFiniteError];
              if (!defined.some((kind) => error instanceof kind)) throw error;
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );
});
