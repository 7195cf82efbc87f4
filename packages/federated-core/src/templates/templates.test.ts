// Processes as a user composes them: what fits, and what error shows both types when something does not.
import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { evaluate } from '../evaluate/evaluate.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedCollect } from '../intrinsics/moves/federated-collect.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedSequenceReduce } from '../intrinsics/sequences/federated-sequence-reduce.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { bothWays } from '../testing/both-ways.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { formatType } from '../types/format.js';
import { atClients, atServer, float32, int32, type Type } from '../types/types.js';
import { aggregationProcess } from './aggregation-process.js';
import { estimationProcess, mapEstimate } from './estimation-process.js';
import { iterativeProcess } from './iterative-process.js';
import { chain, concatenateProcesses, measuredProcess } from './measured-process.js';

const plusOne = plainLocal(float32(), float32(), (x) => x + 1, 'plusOne');
const times = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a * b, 'times');
const zero = federatedComputation(null, () => federatedValue(0, 'SERVER'), { name: 'zero' });
const one = federatedComputation(null, () => federatedValue(1, 'SERVER'), { name: 'one' });

/** Multiplies each client's value by the state, which grows by one a round. */
const scale = measuredProcess({
  initialize: one,
  next: federatedComputation(
    { state: atServer(float32()), value: atClients(float32()) },
    ({ state, value }) => ({
      state: federatedMap(plusOne, state),
      result: federatedMap(times, { a: value, b: federatedBroadcast(state) }),
      measurements: state,
    }),
  ),
});
/** Sums values, and measures the sum. */
const sum = aggregationProcess({
  initialize: zero,
  next: federatedComputation(
    { state: atServer(float32()), value: atClients(float32()) },
    ({ state, value }) => {
      const total = federatedSum(value);
      return { state: federatedMap(plusOne, state), result: total, measurements: total };
    },
  ),
});

describe('iterativeProcess', () => {
  const next = federatedComputation(
    { state: atServer(float32()), data: atClients(float32()) },
    ({ state, data }) => ({
      state: federatedMap(plusOne, state),
      metrics: federatedMean(data),
    }),
  );

  test('`iterativeProcess` hands on a state that came to be by revealing', async () => {
    const first = plainLocal({ best: float32(), value: float32() }, float32(), ({ best, value }) =>
      Math.max(best, value),
    );
    const record = iterativeProcess({
      initialize: zero,
      next: federatedComputation(
        { state: atServer(float32()), data: atClients(float32()) },
        ({ state, data }) => ({
          state: federatedSequenceReduce(federatedCollect(data), state, first),
          metrics: state,
        }),
      ),
    });
    expect(formatType(record.next.type.result)).toBe(
      '<state=float32@SERVER revealing,metrics=float32@SERVER>',
    );
    expect(await evaluate(record.next, { state: 2, data: [1, 5, 3] }, { run: plainRunner })).toEqual({
      state: 5,
      metrics: 2,
    });
  });

  test('`iterativeProcess` takes two computations whose states fit', () => {
    expect(iterativeProcess({ initialize: zero, next }).kind).toBe('iterative-process');
  });

  test('`iterativeProcess` shows both types when they do not', () => {
    const counted = federatedComputation(null, () => federatedValue(0, 'SERVER', int32()));
    // @ts-expect-error another state
    const make = () => iterativeProcess({ initialize: counted, next });
    expect(make).toThrow(TypeMismatchError);
    expect(make).toThrow(
      /Cannot make an iterative process: next must take a parameter state of int32@SERVER, got float32@SERVER\n.*templates\.test\.ts/,
    );
    const noMetrics = federatedComputation({ state: atServer(float32()) }, ({ state }) => ({ state }));
    // @ts-expect-error no metrics
    expect(() => iterativeProcess({ initialize: zero, next: noMetrics })).toThrow(
      'next must return { state, metrics }, got <state=float32@SERVER>',
    );
    const otherState = federatedComputation({ state: atServer(float32()) }, ({ state }) => ({
      state: federatedValue(1, 'SERVER', int32()),
      metrics: state,
    }));
    // @ts-expect-error the state changes its type
    expect(() => iterativeProcess({ initialize: zero, next: otherState })).toThrow(
      'next must return a state of float32@SERVER, got int32@SERVER',
    );
    // @ts-expect-error a parameter
    expect(() => iterativeProcess({ initialize: next, next })).toThrow('initialize must take no parameter');
    const several = federatedComputation(null, () => ({ a: federatedValue(0, 'SERVER') }));
    // @ts-expect-error several states
    expect(() => iterativeProcess({ initialize: several, next })).toThrow(
      'initialize must give one value at SERVER (federatedZip makes one of several), got <a=float32@SERVER>',
    );
    const clientMetrics = federatedComputation(
      { state: atServer(float32()), data: atClients(float32()) },
      ({ state, data }) => ({ state, metrics: data }),
    );
    expect(() => iterativeProcess({ initialize: zero, next: clientMetrics })).toThrow(
      'metrics must be at SERVER, got {float32}@CLIENTS',
    );
  });
});

describe('chain', () => {
  test('`chain` feeds each result to the next step, with states and measurements by name', async () => {
    const both2 = chain({ scale, sum });
    expect(await evaluate(both2.initialize, undefined, { run: plainRunner })).toEqual({ scale: 1, sum: 0 });
    // TFF's custom aggregator: [1, 2, 5] scaled by 1, 2, 3 sum to 8, 16, 24.
    let state: unknown = { scale: 1, sum: 0 };
    for (const total of [8, 16, 24]) {
      const step = (await bothWays(both2.next, { state, value: [1, 2, 5] })) as {
        state: unknown;
        result: number;
        measurements: unknown;
      };
      expect(step.result).toBe(total);
      expect(step.measurements).toEqual({ scale: total / 8, sum: total });
      state = step.state;
    }
    expect(state).toEqual({ scale: 4, sum: 3 });
  });

  test('`chain` makes an aggregation process of steps that weigh, when the last gives a value at the server', async () => {
    const mean = aggregationProcess({
      initialize: zero,
      next: federatedComputation(
        { state: atServer(float32()), value: atClients(float32()), weight: atClients(float32()) },
        ({ state, value, weight }) => ({
          state: federatedMap(plusOne, state),
          result: federatedMean(value, { weight }),
          // A record of measurements is one value to those outside.
          measurements: { weight: federatedSum(weight), deep: [state] },
        }),
      ),
    });
    const process = aggregationProcess(chain({ scale, mean }));
    expect(formatType(process.next.type)).toBe(
      '(<state=<scale=float32,mean=float32>@SERVER,value={float32}@CLIENTS,weight={float32}@CLIENTS> -> <state=<scale=float32,mean=float32>@SERVER,result=float32@SERVER,measurements=<scale=float32,mean=<weight=float32,deep=<float32>>>@SERVER>)',
    );
    // Scaled by 2: (1 · 2 · 3 + 3 · 2 · 1) / 4 = 3.
    expect(
      await bothWays(process.next, { state: { scale: 2, mean: 7 }, value: [1, 3], weight: [3, 1] }),
    ).toEqual({
      state: { scale: 3, mean: 8 },
      result: 3,
      measurements: { scale: 2, mean: { weight: 4, deep: [7] } },
    });
  });

  test('`chain` shows both types when two steps take different parameters of one name', () => {
    const taking = (weight: typeof float32 | typeof int32) =>
      measuredProcess({
        initialize: zero,
        next: federatedComputation(
          { state: atServer(float32()), value: atClients(float32()), weight: atClients(weight() as Type) },
          ({ state, value, weight: given }) => ({ state, result: value, measurements: federatedSum(given) }),
        ),
      });
    expect(() => chain({ first: taking(float32), second: taking(int32) })).toThrow(
      'Cannot make a chain: all steps must take the same parameter weight, {float32}@CLIENTS, got {int32}@CLIENTS',
    );
  });

  test('`chain` shows both types when a result does not fit the next step', () => {
    expect(() => chain({ sum, scale })).toThrow(
      'the result of sum must fit {float32}@CLIENTS, got float32@SERVER',
    );
    const counted = iterativeProcess({
      initialize: zero,
      next: federatedComputation({ state: atServer(float32()) }, ({ state }) => ({ state, metrics: state })),
    });
    expect(() => chain({ scale, counted })).toThrow(
      'Cannot make a chain: next of counted must return { state, result, measurements }, got <state=float32@SERVER,metrics=float32@SERVER>',
    );
    expect(() => chain({})).toThrow('need at least one step, got none');
  });
});

describe('concatenateProcesses', () => {
  test('`concatenateProcesses` runs steps side by side, each on its own input', async () => {
    const beside = concatenateProcesses({ left: sum, right: chain({ scale, sum }) });
    const state = await evaluate(beside.initialize, undefined, { run: plainRunner });
    const step = await bothWays(beside.next, { state, left: [1, 2], right: [3, 4] });
    expect(step).toMatchObject({
      result: { left: 3, right: 7 },
      measurements: { left: 3, right: { scale: 1, sum: 7 } },
    });
  });
});

describe('aggregationProcess', () => {
  test('`aggregationProcess` shows the type when a result stays with the clients', () => {
    expect(() => aggregationProcess(scale)).toThrow(
      'Cannot make an aggregation process: the result must be at SERVER, got {float32}@CLIENTS',
    );
  });
});

describe('estimationProcess', () => {
  test('`estimationProcess` reads its estimate off the state, and `mapEstimate` maps it', async () => {
    const next = federatedComputation(
      { state: atServer(float32()), data: atClients(float32()) },
      ({ state, data }) => ({
        state: federatedMap(times, { a: state, b: federatedMean(data) }),
        metrics: state,
      }),
    );
    const report = federatedComputation({ state: atServer(float32()) }, ({ state }) => state);
    const process = estimationProcess({ initialize: one, next, report });
    expect(await bothWays(mapEstimate(process, plusOne).report, 4)).toBe(5);
    const wrong = federatedComputation({ state: atServer(int32()) }, ({ state }) => state);
    expect(() => estimationProcess({ initialize: one, next, report: wrong })).toThrow(
      'report must take the state, float32@SERVER, got (<state=int32@SERVER> -> int32@SERVER)',
    );
  });
});
