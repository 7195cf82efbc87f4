// A computation for every intrinsic, with random data: what `intrinsics.test.ts` runs on every runtime. Long because
// there are that many intrinsics.
import { localComputation, random, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  bool,
  type FederatedComputation,
  federatedAggregate,
  federatedBoundedMean,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedDiscountedMean,
  federatedEval,
  federatedGeometricMedian,
  federatedKrum,
  federatedMap,
  federatedMax,
  federatedMean,
  federatedMedian,
  federatedMin,
  federatedSample,
  federatedSecureModularSum,
  federatedSecureSelect,
  federatedSecureSum,
  federatedSecureSumBitwidth,
  federatedSelect,
  federatedSequenceMap,
  federatedSequenceReduce,
  federatedSequenceSum,
  federatedSum,
  federatedTrimmedMean,
  federatedValue,
  federatedZip,
  float32,
  float64,
  int32,
  int64,
  sequence,
  string,
  struct,
  uint8,
} from '@starling/federated-core';
import fc from 'fast-check';

export interface IntrinsicCase {
  readonly computation: FederatedComputation;
  /** What one client holds, by parameter name. */
  readonly member: fc.Arbitrary<Readonly<Record<string, unknown>>>;
  /** The server's parameters, by name. */
  readonly server: fc.Arbitrary<Readonly<Record<string, unknown>>>;
}

const double = localComputation(float32(), (x) => tf.mul(x, 2), { name: 'double' });
const add = localComputation({ a: float32(), b: float32() }, ({ a, b }) => tf.add(a, b), { name: 'add' });
const draw = localComputation(null, () => random.uniform([]), { name: 'draw' });
const row = localComputation(
  { table: float32(4, 2), key: int32() },
  ({ table, key }) => tf.gather(table, key),
  { name: 'row' },
);

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const anyFloat = fc.float();
const small = fc.integer({ min: -3, max: 12 });
const long = fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n });
/** Of one magnitude and with all bits used, so that another order of additions gives other bits. */
const thirds = fc.integer({ min: -300, max: 300 }).map((n) => n / 3);
const nothing = fc.constant({});
const x = { x: atClients(float32()) };

const noisyRow = localComputation(
  { table: float32(4, 2), key: int32() },
  ({ table, key }) => tf.add(tf.gather(table, key), random.uniform([2])),
  { name: 'noisyRow' },
);
const shuffled = localComputation(float32(4, 2), (table) => tf.add(table, random.uniform([4, 2])), {
  name: 'shuffled',
});
const keysAndTable = {
  member: fc.record({ keys: fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 4 }) }),
  server: fc.record({ table: fc.array(fc.tuple(finite, finite), { minLength: 4, maxLength: 4 }) }),
};

const weighed = { x: atClients(float64(2)), w: atClients(float32()) };
const weighedMember = fc.record({
  x: fc.tuple(thirds, finite),
  w: fc.integer({ min: -1, max: 30 }).map((n) => n / 7),
});

/** By the name of the intrinsic. Values include those that are refused: NaN, infinities, what is out of range. */
export const intrinsicCases: Readonly<Record<string, IntrinsicCase>> = {
  federatedValue: {
    computation: federatedComputation(x, (given) => ({
      sum: federatedSum(federatedZip([given.x, federatedValue({ a: 3, b: [1, 2] }, 'CLIENTS')])),
      server: federatedValue('here', 'SERVER'),
    })),
    member: fc.record({ x: finite }),
    server: nothing,
  },
  federatedEval: {
    computation: federatedComputation(x, (given) => ({
      clients: federatedSum(federatedMap(add, { a: given.x, b: federatedEval(draw, 'CLIENTS') })),
      server: federatedEval(draw, 'SERVER'),
    })),
    member: fc.record({ x: finite }),
    server: nothing,
  },
  federatedBroadcast: {
    computation: federatedComputation({ ...x, y: atServer(float32()) }, (given) =>
      federatedSum(federatedMap(add, { a: given.x, b: federatedBroadcast(federatedMap(double, given.y)) })),
    ),
    member: fc.record({ x: finite }),
    server: fc.record({ y: finite }),
  },
  federatedSelect: {
    computation: federatedComputation(
      { keys: atClients(int32(null)), table: atServer(float32(4, 2)) },
      ({ keys, table }) => ({
        // Slices that draw, of a value that the server drew; and those of another select by the same keys.
        drawn: federatedSum(
          federatedSequenceSum(
            federatedSelect(federatedMap(shuffled, table), { keys, keyBound: 4, slice: noisyRow }),
          ),
        ),
        plain: federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: row }))),
        clients: federatedSum(federatedValue(1, 'CLIENTS', int32())),
      }),
    ),
    ...keysAndTable,
  },
  federatedSecureSelect: {
    computation: federatedComputation(
      { keys: atClients(int32(null)), table: atServer(float32(4, 2)) },
      ({ keys, table }) =>
        federatedSum(
          federatedSequenceSum(federatedSecureSelect(table, { keys, keyBound: 4, slice: noisyRow })),
        ),
    ),
    ...keysAndTable,
  },
  federatedMap: {
    computation: federatedComputation(x, (given) =>
      federatedMap(double, federatedSum(federatedMap(double, given.x))),
    ),
    member: fc.record({ x: anyFloat }),
    server: nothing,
  },
  federatedZip: {
    computation: federatedComputation({ ...x, n: atClients(int32()) }, (given) =>
      federatedSum(federatedZip({ deep: { n: given.n, x: given.x }, x: given.x })),
    ),
    member: fc.record({ x: finite, n: small }),
    server: nothing,
  },
  federatedSequenceMap: {
    computation: federatedComputation({ data: atClients(sequence(float32())) }, ({ data }) =>
      federatedSum(federatedSequenceSum(federatedSequenceMap(double, data))),
    ),
    member: fc.record({ data: fc.array(finite, { maxLength: 4 }) }),
    server: nothing,
  },
  federatedSequenceReduce: {
    computation: federatedComputation(
      { data: atClients(sequence(float32())), start: atServer(float32()) },
      ({ data, start }) => federatedSum(federatedSequenceReduce(data, federatedBroadcast(start), add)),
    ),
    member: fc.record({ data: fc.array(finite, { maxLength: 4 }) }),
    server: fc.record({ start: finite }),
  },
  federatedSequenceSum: {
    computation: federatedComputation(
      { data: atClients(sequence(struct({ a: float32(2), n: int64(), m: int32() }))) },
      ({ data }) => federatedSum(federatedSequenceSum(data)),
    ),
    member: fc.record({
      data: fc.array(fc.record({ a: fc.tuple(finite, finite), n: long, m: fc.integer() }), { maxLength: 4 }),
    }),
    server: nothing,
  },
  federatedSum: {
    computation: federatedComputation(
      {
        x: atClients(
          struct({ a: float32(2), n: int32(), c: float64(), d: int64(), e: uint8(), f: float32(null, 2) }),
        ),
      },
      (given) => federatedSum(given.x),
    ),
    member: fc.record({
      x: fc.record({
        a: fc.tuple(anyFloat, finite),
        n: small,
        c: thirds,
        d: long,
        e: fc.integer({ min: 0, max: 60 }),
        f: fc.array(fc.tuple(finite, finite), { minLength: 3, maxLength: 3 }),
      }),
    }),
    server: nothing,
  },
  federatedMean: {
    computation: federatedComputation({ x: atClients(float64(2)), w: atClients(float32()) }, (given) => ({
      plain: federatedMean(given.x, { ifEmpty: [0, 0] }),
      weighted: federatedMean(given.x, { weight: given.w }),
    })),
    member: fc.record({ x: fc.tuple(thirds, finite), w: fc.integer({ min: -1, max: 30 }).map((n) => n / 7) }),
    server: nothing,
  },
  federatedMin: {
    computation: federatedComputation({ x: atClients(struct([float32(2), int64()])) }, (given) =>
      federatedMin(given.x),
    ),
    member: fc.record({ x: fc.tuple(fc.tuple(anyFloat, finite), long) }),
    server: nothing,
  },
  federatedMax: {
    computation: federatedComputation(x, (given) => federatedMax(given.x, { ifEmpty: 7 })),
    member: fc.record({ x: anyFloat }),
    server: nothing,
  },
  federatedAggregate: {
    computation: federatedComputation(x, (given) =>
      federatedAggregate(given.x, { zero: 0, accumulate: add, merge: add, report: double }),
    ),
    member: fc.record({ x: thirds }),
    server: nothing,
  },
  federatedSecureSum: {
    computation: federatedComputation({ n: atClients(struct([int32(), int64()])) }, ({ n }) =>
      federatedSecureSum(n, { maxInput: 10 }),
    ),
    member: fc.record({ n: fc.tuple(small, small) }),
    server: nothing,
  },
  federatedSecureSumBitwidth: {
    computation: federatedComputation({ n: atClients(int32()) }, ({ n }) =>
      federatedSecureSumBitwidth(n, { bitwidth: 3 }),
    ),
    member: fc.record({ n: small }),
    server: nothing,
  },
  federatedSecureModularSum: {
    computation: federatedComputation({ n: atClients(int32(2)), m: atClients(int64()) }, ({ n, m }) => ({
      plain: federatedSecureModularSum(n, { modulus: 11 }),
      symmetric: federatedSecureModularSum(n, { modulus: 11, symmetric: true }),
      wide: federatedSecureModularSum(m, { modulus: Number.MAX_SAFE_INTEGER, symmetric: true }),
    })),
    member: fc.record({
      n: fc.tuple(small, small),
      m: fc.bigInt({ min: 2n - 2n ** 53n, max: 2n ** 53n - 2n }),
    }),
    server: nothing,
  },
  federatedCollect: {
    computation: federatedComputation(
      { x: atClients(struct({ a: float32(2), s: string(), b: bool() })) },
      (given) => federatedCollect(given.x),
    ),
    member: fc.record({
      x: fc.record({ a: fc.tuple(finite, finite), s: fc.string({ unit: 'grapheme' }), b: fc.boolean() }),
    }),
    server: nothing,
  },
  federatedMedian: {
    computation: federatedComputation(weighed, (given) => ({
      plain: federatedMedian(given.x, { ifEmpty: [0, 0] }),
      weighted: federatedMedian(given.x, { weight: given.w }),
    })),
    member: weighedMember,
    server: nothing,
  },
  federatedTrimmedMean: {
    computation: federatedComputation(weighed, (given) => ({
      share: federatedTrimmedMean(given.x, { trimShare: 0.3, ifEmpty: [0, 0] }),
      count: federatedTrimmedMean(given.x, { trim: 1, weight: given.w }),
    })),
    member: weighedMember,
    server: nothing,
  },
  federatedKrum: {
    computation: federatedComputation(weighed, (given) => ({
      krum: federatedKrum(given.x, { faulty: 1, ifEmpty: [0, 0] }),
      multi: federatedKrum(given.x, { faultyShare: 0.3, keep: 'all-but-faulty', weight: given.w }),
    })),
    member: weighedMember,
    server: nothing,
  },
  federatedGeometricMedian: {
    computation: federatedComputation(weighed, (given) =>
      federatedGeometricMedian(given.x, { weight: given.w, ifEmpty: [0, 0] }),
    ),
    member: weighedMember,
    server: nothing,
  },
  federatedBoundedMean: {
    computation: federatedComputation(weighed, (given) =>
      federatedBoundedMean(given.x, { norm: 10, weight: given.w, ifEmpty: [0, 0] }),
    ),
    member: weighedMember,
    server: nothing,
  },
  federatedDiscountedMean: {
    computation: federatedComputation(weighed, (given) =>
      federatedDiscountedMean(given.x, { weight: given.w, ifEmpty: [0, 0] }),
    ),
    member: weighedMember,
    server: nothing,
  },
  federatedSample: {
    computation: federatedComputation(x, (given) => federatedSample(given.x, { maxSamples: 3 })),
    member: fc.record({ x: finite }),
    server: nothing,
  },
};
