import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, float64, int32, sequence, struct } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { type Aggregation, type AggregationKind, aggregationDefinition } from './aggregations.js';
import { createReduction } from './create-reduction.js';
import type { Accumulator, Reduction } from './reduction.js';

const never = () => {
  throw new Error('no graph is run');
};
const program = { inputs: 2, instructions: [], outputs: [0] };

const weighted = { update: struct([float32(2), float32()]), result: float32(2) } as const;

/** An aggregation of each kind, of updates of two whole numbers (and what else the kind sends). */
const aggregations: Readonly<Record<AggregationKind, Aggregation<unknown>>> = {
  sum: { kind: 'sum', update: float32(2), result: float32(2) },
  mean: { kind: 'mean', update: float32(2), result: float32(2) },
  'weighted-mean': { kind: 'weighted-mean', ...weighted },
  min: { kind: 'min', update: float32(2), result: float32(2) },
  max: { kind: 'max', update: float32(2), result: float32(2) },
  aggregate: {
    kind: 'aggregate',
    update: float32(2),
    result: float32(2),
    // Keeps the first update that it meets: the accumulator is the whole of it.
    operators: {
      zero: { inputs: 0, instructions: [{ op: 'constant', value: pair('float32', 0, 0) }], outputs: [0] },
      accumulate: program,
      merge: program,
      report: { inputs: 1, instructions: [], outputs: [0] },
    },
  },
  'secure-sum': { kind: 'secure-sum', update: int32(2), result: int32(2), settings: { maxInput: 50 } },
  'secure-sum-bitwidth': {
    kind: 'secure-sum-bitwidth',
    update: int32(2),
    result: int32(2),
    settings: { bitwidth: 6 },
  },
  'secure-modular-sum': {
    kind: 'secure-modular-sum',
    update: int32(2),
    result: int32(2),
    settings: { modulus: 51, symmetric: false },
  },
  collect: { kind: 'collect', update: float32(2), result: sequence(float32(2)) },
  sample: {
    kind: 'sample',
    update: struct([float32(2), float64()]),
    result: sequence(float32(2)),
    settings: { maxSamples: 2 },
  },
  'select-keys': {
    kind: 'select-keys',
    update: int32(2),
    result: struct({ keys: int32(null), counts: int32(null) }),
    settings: { keyBound: 51, maxKeys: 2 },
  },
  median: { kind: 'median', ...weighted },
  'trimmed-mean': { kind: 'trimmed-mean', ...weighted, settings: { trim: undefined, trimShare: 0.2 } },
  krum: { kind: 'krum', ...weighted, settings: { faulty: 1, faultyShare: undefined, keep: 2 } },
  'geometric-median': {
    kind: 'geometric-median',
    ...weighted,
    settings: { smoothing: 1e-6, weighted: true },
  },
  // Beyond all of them, so that sums stay whole numbers.
  'bounded-mean': { kind: 'bounded-mean', ...weighted, settings: { norm: 100, weighted: true } },
  'discounted-mean': { kind: 'discounted-mean', ...weighted, settings: { discount: 0.5 } },
};

function pair(dtype: 'float32' | 'int32', a: number, b: number): Tensor {
  return { dtype, shape: [2], data: dtype === 'int32' ? Int32Array.of(a, b) : Float32Array.of(a, b) };
}

/** The update of a client, from three whole numbers. */
function updateOf(
  { kind, update }: Aggregation<unknown>,
  [a, b, c]: readonly [number, number, number],
): Tensor[] {
  const dtype = update.kind === 'tensor' && update.dtype === 'int32' ? 'int32' : 'float32';
  const value = pair(dtype, a, b);
  if (aggregationDefinition(kind).weighted)
    return [value, { dtype: 'float32', shape: [], data: Float32Array.of(c + 1) }];
  if (kind === 'sample') return [value, { dtype: 'float64', shape: [], data: Float64Array.of(c / 64) }];
  return [value];
}

/** The report on lanes of updates: each lane folded from zero, the lanes merged in order. */
async function reportOf(
  reduction: Reduction,
  lanes: readonly (readonly Tensor[][])[],
): Promise<readonly Tensor[]> {
  let total: Accumulator | null = null;
  for (const lane of lanes) {
    let partial = await reduction.zero();
    for (const update of lane) partial = await reduction.accumulate(partial, update);
    total = total === null ? partial : await reduction.merge(total, partial);
  }
  return reduction.report(total ?? (await reduction.zero()));
}

const clients = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 9 });
const exact = Object.values(aggregations).filter(({ kind }) => kind !== 'aggregate');

describe('createReduction', () => {
  test.each(exact)(
    '`$kind` reports the same when whole numbers are folded in one lane or in two',
    async (aggregation) => {
      const reduction = createReduction(aggregation, never);
      await fc.assert(
        fc.asyncProperty(clients, fc.nat(9), async (numbers, cut) => {
          const updates = numbers.map((one) => updateOf(aggregation, one));
          const one = await reportOf(reduction, [updates]);
          const split = Math.min(cut, updates.length);
          const lanes = [updates.slice(0, split), updates.slice(split)].filter(({ length }) => length > 0);
          expect(await reportOf(reduction, lanes)).toEqual(one);
        }),
      );
    },
  );

  test.each(exact)(
    '`$kind` reports the same when an empty lane is merged on either side',
    async (aggregation) => {
      const reduction = createReduction(aggregation, never);
      const lane = [updateOf(aggregation, [3, 4, 5]), updateOf(aggregation, [1, 9, 2])];
      const one = await reportOf(reduction, [lane]);
      expect(await reportOf(reduction, [[], lane])).toEqual(one);
      expect(await reportOf(reduction, [lane, []])).toEqual(one);
    },
  );

  test.each(exact.filter((each) => createReduction(each, never).reset !== undefined))(
    '`$kind` reports of accumulators that are used again as of new ones, empty ones among them',
    async (aggregation) => {
      const reduction = createReduction(aggregation, never);
      const used = async (): Promise<Accumulator> => {
        const sums = await reduction.accumulate(await reduction.zero(), updateOf(aggregation, [50, 7, 13]));
        reduction.reset!(sums);
        return sums;
      };
      const usedAgain: Reduction = { ...reduction, zero: used };
      const lane = [updateOf(aggregation, [3, 4, 5]), updateOf(aggregation, [1, 9, 2])];
      for (const lanes of [[lane], [[], lane], [lane, []], [[], [], lane, lane]]) {
        expect(await reportOf(usedAgain, lanes)).toEqual(await reportOf(reduction, lanes));
      }
      await expect(reportOf(usedAgain, [[]])).rejects.toThrow('need a total weight above 0, got 0');
    },
  );

  test.each(Object.values(aggregations))(
    '`$kind` leaves an update as it was when it is added',
    async (aggregation) => {
      const reduction = createReduction(aggregation, never);
      const update = updateOf(aggregation, [3, 4, 5]);
      await reportOf(reduction, [[update, updateOf(aggregation, [1, 9, 2])], [update]]);
      expect(update).toEqual(updateOf(aggregation, [3, 4, 5]));
    },
  );

  test('`aggregate` runs its four programs over leaves when it folds', async () => {
    const reduction = createReduction(aggregations.aggregate, never);
    expect(await reportOf(reduction, [[[pair('float32', 7, 8)]]])).toEqual([pair('float32', 0, 0)]);
  });

  test('`sum` adds in place when an accumulator lies in shared memory', async () => {
    const reduction = createReduction(aggregations.sum, never);
    const data = new Float64Array(new SharedArrayBuffer(16));
    await reduction.accumulate([{ dtype: 'float64', shape: [2], data }], [pair('float32', 7, 8)]);
    expect([...data]).toEqual([7, 8]);
  });
});
