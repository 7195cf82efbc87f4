import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { CompileError, EmptyAggregateError } from '../errors/starling-error.js';
import { evaluate } from '../evaluate/evaluate.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedEval } from '../intrinsics/pointwise/federated-eval.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedSequenceReduce } from '../intrinsics/sequences/federated-sequence-reduce.js';
import { federatedAggregate } from '../intrinsics/sums/federated-aggregate.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { plainLocal, plainRunner, runPlan } from '../testing/plain-local.js';
import { atClients, atServer, float32, int32, sequence, struct } from '../types/types.js';
import { compilePlan } from './compile-plan.js';

const above = plainLocal({ reading: float32(), threshold: float32() }, float32(), ({ reading, threshold }) =>
  reading > threshold ? 1 : 0,
);

const fractionAbove = federatedComputation(
  { readings: atClients(float32()), threshold: atServer(float32()) },
  ({ readings, threshold }) =>
    federatedMean(federatedMap(above, { threshold: federatedBroadcast(threshold), reading: readings })),
  { name: 'fractionAbove' },
);

describe('compilePlan', () => {
  test('`compilePlan` cuts broadcast, work and mean into one phase when one round trip suffices', () => {
    const plan = compilePlan(fractionAbove);
    expect(plan.phases).toHaveLength(1);
    const [phase] = plan.phases;
    expect(phase!.prepare).toEqual({ inputs: 1, instructions: [], outputs: [0] });
    // Inputs: the broadcast threshold, then the reading; the record was matched to the parameters by name.
    expect(phase!.work.instructions).toMatchObject([{ op: 'call', inputs: [1, 0], outputs: 1 }]);
    expect(phase!.aggregations).toMatchObject([{ kind: 'mean' }]);
    expect(plan.apply).toEqual({ inputs: 2, instructions: [], outputs: [1] });
    expect(plan.laneSize).toBe(5);
  });

  test('`compilePlan` gives a plan that computes what `evaluate` computes when run phase by phase', async () => {
    // [25, 30, 31, 35] strictly above 30: two of four.
    const readings = [25, 30, 31, 35];
    const plan = compilePlan(fractionAbove);
    expect(
      await runPlan(
        plan,
        { threshold: 30 },
        readings.map((reading) => ({ readings: reading })),
      ),
    ).toBe(0.5);
    expect(await evaluate(fractionAbove, { readings, threshold: 30 }, { run: plainRunner })).toBe(0.5);
  });

  test('`compilePlan` makes two phases when a client value depends on an aggregate', async () => {
    const squaredGap = plainLocal(
      { value: float32(), center: float32() },
      float32(),
      ({ value, center }) => (value - center) ** 2,
    );
    const variance = federatedComputation(atClients(float32()), (values) => {
      const center = federatedBroadcast(federatedMean(values));
      return {
        center: federatedMean(federatedMap(squaredGap, { value: values, center })),
        count: federatedSum(federatedValue(1, 'CLIENTS', int32())),
      };
    });
    const plan = compilePlan(variance);
    expect(plan.phases.map(({ aggregations }) => aggregations.map(({ kind }) => kind))).toEqual([
      ['mean', 'sum'],
      ['mean'],
    ]);
    // Mean of 1, 2, 3, 6 is 3; squared gaps 4, 1, 0, 9 average to 3.5.
    const expected = { center: 3.5, count: 4 };
    expect(await runPlan(plan, {}, [1, 2, 3, 6])).toEqual(expected);
    expect(await evaluate(variance, [1, 2, 3, 6], { run: plainRunner })).toEqual(expected);
  });

  test('`compilePlan` repeats the draws of an earlier phase when a later one needs the same client value', async () => {
    const draw = plainLocal(null, float32(), (_, seed) => Math.fround(generator(seed).uniform()));
    const gap = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => Math.abs(a - b));
    const twice = federatedComputation({}, () => {
      const noise = federatedEval(draw, 'CLIENTS');
      const shared = federatedBroadcast(federatedMean(noise));
      return {
        mean: federatedMean(noise),
        gap: federatedMean(federatedMap(gap, { a: noise, b: shared })),
        again: federatedMean(federatedEval(draw, 'CLIENTS')),
      };
    });
    const plan = compilePlan(twice);
    const seed = seedFrom(7);
    const clients = [{}, {}, {}];
    const run = (await runPlan(plan, {}, clients, seed)) as { mean: number; gap: number; again: number };
    expect(await evaluate(twice, {}, { run: plainRunner, clients: 3, seed })).toEqual(run);
    expect(run.again).not.toBe(run.mean);
    // The mean absolute gap to a mean is below the range of the draws, and 0 only if all draws were equal.
    expect(run.gap).toBeGreaterThan(0);
    expect(run.gap).toBeLessThan(1);
  });

  test('`compilePlan` broadcasts to each phase what its work reads, and no more', async () => {
    const plus = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b);
    const placed = { first: atServer(float32()), both: atServer(float32()), last: atServer(float32()) };
    const computation = federatedComputation({ ...placed, x: atClients(float32()) }, (given) => {
      const both = federatedBroadcast(given.both);
      const own = federatedMap(plus, { a: given.x, b: both });
      const mean = federatedBroadcast(
        federatedMean(federatedMap(plus, [own, federatedBroadcast(given.first)])),
      );
      // Of the first phase's broadcasts the second needs the one that its clients' own values are made of.
      return federatedSum(
        federatedMap(plus, [federatedMap(plus, [own, mean]), federatedBroadcast(given.last)]),
      );
    });
    const plan = compilePlan(computation);
    // In the order in which they were written: both and first; both, the mean and last.
    expect(plan.phases.map(({ prepare }) => prepare.outputs)).toEqual([
      [1, 0],
      [1, 3, 2],
    ]);
    expect(plan.phases.map(({ work }) => work.inputs)).toEqual([3, 4]);
    // Values x + 10 = 11, 12; their mean with 100 more 111.5; so (11 + 111.5 + 1000) + (12 + 111.5 + 1000).
    const server = { first: 100, both: 10, last: 1000 };
    expect(await runPlan(plan, server, [{ x: 1 }, { x: 2 }])).toBe(2246);
    expect(await evaluate(computation, { ...server, x: [1, 2] }, { run: plainRunner })).toBe(2246);
  });

  test('`compilePlan` gives the server one draw when a value is both broadcast and returned', async () => {
    const draw = plainLocal(null, float32(), (_, seed) => Math.fround(generator(seed).uniform()));
    const shared = federatedComputation({ x: atClients(float32()) }, () => {
      const drawn = federatedEval(draw, 'SERVER');
      return { drawn, seen: federatedMean(federatedBroadcast(drawn)) };
    });
    const { drawn, seen } = (await runPlan(compilePlan(shared), {}, [{ x: 0 }, { x: 0 }], seedFrom(3))) as {
      drawn: number;
      seen: number;
    };
    expect(seen).toBe(drawn);
  });

  test('`compilePlan` keeps server work before a broadcast in prepare and after an aggregate in apply', async () => {
    const plusOne = plainLocal(float32(), float32(), (value) => value + 1);
    const both = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a * b);
    const computation = federatedComputation(
      { state: atServer(float32()), data: atClients(float32()) },
      ({ state, data }) => {
        const raised = federatedMap(plusOne, state);
        const total = federatedSum(federatedMap(both, { a: data, b: federatedBroadcast(raised) }));
        return { state: raised, metrics: total };
      },
    );
    const plan = compilePlan(computation);
    expect(plan.phases[0]!.prepare.instructions).toHaveLength(1);
    // The state is computed once more in apply: programs of the server share no registers.
    expect(plan.apply.instructions).toHaveLength(1);
    // (1 + 2 + 3) · (4 + 1) = 30.
    expect(await runPlan(plan, { state: 4 }, [{ data: 1 }, { data: 2 }, { data: 3 }])).toEqual({
      state: 5,
      metrics: 30,
    });
  });

  test('`compilePlan` runs the operators of an aggregate when clients report and when none does', async () => {
    const pair = struct({ total: float32(), count: int32() });
    const mean = federatedComputation(atClients(float32()), (values) =>
      federatedAggregate(values, {
        zero: { total: 0, count: 0 },
        accumulate: plainLocal({ state: pair, value: float32() }, pair, ({ state, value }) => ({
          total: state.total + value,
          count: state.count + 1,
        })),
        merge: plainLocal({ a: pair, b: pair }, pair, ({ a, b }) => ({
          total: a.total + b.total,
          count: a.count + b.count,
        })),
        report: plainLocal(pair, float32(), ({ total, count }) => (count === 0 ? -1 : total / count)),
      }),
    );
    const plan = compilePlan(mean, { laneSize: 2 });
    expect(await runPlan(plan, {}, [1, 2, 6])).toBe(3);
    expect(await runPlan(plan, {}, [])).toBe(-1);
    expect(await evaluate(mean, [1, 2, 6], { run: plainRunner })).toBe(3);
    expect(await evaluate(mean, [], { run: plainRunner })).toBe(-1);
  });

  test('`compilePlan` folds datasets when a client reduces a sequence', async () => {
    const add = plainLocal({ sum: float32(), next: float32() }, float32(), ({ sum, next }) => sum + next);
    const totals = federatedComputation(atClients(sequence(float32())), (readings) =>
      federatedSum(federatedSequenceReduce(readings, 0, add)),
    );
    // (1 + 2) + nothing + 4 = 7.
    expect(await runPlan(compilePlan(totals), {}, [[1, 2], [], [4]])).toBe(7);
    expect(await evaluate(totals, [[1, 2], [], [4]], { run: plainRunner })).toBe(7);
  });

  test('`compilePlan` refuses a result that stays with the clients', () => {
    const stay = federatedComputation(atClients(float32()), (values) => ({ kept: values }), { name: 'stay' });
    expect(() => compilePlan(stay)).toThrow(CompileError);
    expect(() => compilePlan(stay)).toThrow('Cannot compile stay: kept of its result must be at SERVER');
  });

  test('`compilePlan` makes a plan without phases when nothing is asked of clients', async () => {
    const initial = federatedComputation(null, () => federatedValue({ round: 0, threshold: 32 }, 'SERVER'));
    const plan = compilePlan(initial);
    expect(plan.phases).toEqual([]);
    expect(await runPlan(plan, {}, [])).toEqual({ round: 0, threshold: 32 });
  });

  test('`compilePlan` gives lanes of one client when an update is 1 MiB or of unknown size', () => {
    const sumOf = (...shape: (number | null)[]) =>
      compilePlan(federatedComputation(atClients(float32(...shape)), (value) => federatedSum(value)))
        .laneSize;
    expect(sumOf(2 ** 18 - 1)).toBe(5);
    expect(sumOf(2 ** 18)).toBe(1);
    expect(sumOf(null)).toBe(1);
  });

  test('`compilePlan` takes the lane size that is asked for, and refuses what is no size', () => {
    const sum = federatedComputation(atClients(float32()), (value) => federatedSum(value), { name: 'sum' });
    expect(compilePlan(sum, { laneSize: 3 }).laneSize).toBe(3);
    for (const laneSize of [0, -1, 1.5, Number.NaN]) {
      expect(() => compilePlan(sum, { laneSize })).toThrow(
        `Cannot compile sum: the lane size must be a positive integer, got ${laneSize}`,
      );
    }
  });

  test('`compilePlan` leaves an empty mean to its plan: an error, or `ifEmpty`', async () => {
    const mean = federatedComputation(atClients(float32()), (values) => federatedMean(values));
    const safe = federatedComputation(atClients(float32()), (values) =>
      federatedMean(values, { ifEmpty: 5 }),
    );
    await expect(runPlan(compilePlan(mean), {}, [])).rejects.toThrow(EmptyAggregateError);
    await expect(evaluate(mean, [], { run: plainRunner })).rejects.toThrow(EmptyAggregateError);
    expect(await runPlan(compilePlan(safe), {}, [])).toBe(5);
    expect(await evaluate(safe, [], { run: plainRunner })).toBe(5);
  });
});
