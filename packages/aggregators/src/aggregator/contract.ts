// The contract suite of aggregators: each one's test calls it.
import { createOnnxEngine, localComputation, localRunner, tf } from '@starling/compute';
import {
  type ClientsValue,
  compilePlan,
  evaluate,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  float32,
  formatType,
  type HostValue,
  type StructType,
  struct,
  type Type,
} from '@starling/federated-core';
import { reveals } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { type Aggregator, aggregationOf } from './aggregator.js';
import { nothing } from './nothing.js';

export interface AggregatorStep {
  readonly state: HostValue;
  readonly result: HostValue;
  readonly measurements: HostValue;
  /** What each client keeps after it; left out where clients keep nothing. */
  readonly clientState?: readonly HostValue[];
}

export interface CohortUpdates {
  /** The type of an update. */
  readonly update: Type;
  /** One update for each client. */
  readonly values: readonly unknown[];
  /** One weight for each client; all 1 by default. */
  readonly weights?: readonly number[];
  /** The step before this one, from whose states it goes on; the first one by default. */
  readonly after?: AggregatorStep;
}

/** One step of `aggregator` on the updates of a cohort. */
export async function aggregate(
  aggregator: Aggregator,
  { update, values, weights = values.map(() => 1), after }: CohortUpdates,
): Promise<AggregatorStep> {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const { initialize, initializeClient, next } = aggregator.create(update);
  const state = after?.state ?? (await evaluate(initialize, undefined, { run }));
  const given = { state, value: values, weight: weights };
  const begin = async () => evaluate(initializeClient!, undefined, { run, clients: values.length });
  const kept = initializeClient && { clientState: after?.clientState ?? (await begin()) };
  const step = await evaluate(next, { ...given, ...kept } as never, { run });
  await engine.dispose();
  return step as unknown as AggregatorStep;
}

export interface AggregatorContractOptions {
  /** How far rounding may take an aggregate from the update of a single client; 0 by default. */
  readonly within?: number;
}

/**
 * Tests the aggregator that `make` makes anew for each test, one that leaves small updates as they are. Call it at the
 * top of a test file, for an aggregator of your own too:
 *
 *     import { aggregatorContract } from '@starling/aggregators/contract';
 *     import { ownMean } from './own-mean.js';
 *
 *     aggregatorContract('ownMean', () => ownMean({ share: 0.1 }));
 */
export function aggregatorContract(
  name: string,
  make: () => Aggregator,
  { within = 0 }: AggregatorContractOptions = {},
): void {
  const update = struct({ kernel: float32(2, 2), bias: float32(2) });
  const value = (scale: number): unknown => ({
    kernel: [
      [scale, 2 * scale],
      [3 * scale, 4 * scale],
    ],
    bias: [-scale, 0],
  });

  describe(`${name} keeps the aggregator contract`, () => {
    test('gives an aggregate of the type of the updates, and keeps the type of its state', () => {
      const aggregator = make();
      const { initialize, next } = aggregator.create(update);
      const { state, result } = (next.type.result as StructType<{ state: Type; result: Type }>).elements;
      const shown = aggregator.reveals === 'sums' ? '' : ' revealing';
      expect(formatType(result)).toBe(`<kernel=float32[2,2],bias=float32[2]>@SERVER${shown}`);
      expect(formatType(state).replace(/ revealing$/, '')).toBe(formatType(initialize.type.result));
    });

    test('compiles to a plan of one round trip', () => {
      const { initializeClient, next } = make().create(update);
      const kept = initializeClient && { clientState: { initialize: initializeClient } };
      expect(compilePlan(next, { ...kept }).phases.length).toBe(1);
    });

    test('declares what it reveals as its type does', () => {
      const aggregator = make();
      expect(reveals(aggregator.create(update).next.type) ? 'single clients' : 'sums').toBe(
        aggregator.reveals === 'sums' ? 'sums' : 'single clients',
      );
    });

    test('holds a client to the bound that it declares', async () => {
      const { sensitivity, reveals: shown } = make();
      if (typeof sensitivity?.bound !== 'number')
        return expect(['sums', 'sample', 'updates']).toContain(shown);
      const { order, bound } = sensitivity;
      const { result } = await aggregate(make(), { update, values: [value(0), value(1e6)] });
      const { kernel, bias } = result as unknown as Record<string, { readonly data: Float32Array }>;
      const sizes = [...kernel!.data, ...bias!.data].map(Math.abs);
      const powers = order === 'max' ? Math.max(...sizes) : sizes.reduce((sum, x) => sum + x ** order, 0);
      // A sum or a mean of two, one of which is zero.
      expect(order === 2 ? Math.sqrt(powers) : powers).toBeLessThanOrEqual(bound * (1 + 1e-5));
    });

    test('gives zeros when all updates are zeros', async () => {
      const { result } = await aggregate(make(), { update, values: [value(0), value(0)] });
      const { kernel, bias } = result as unknown as Record<
        'kernel' | 'bias',
        { readonly data: Float32Array }
      >;
      expect([...kernel.data, ...bias.data].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
    });

    test('gives the update of a single client', async () => {
      const { result } = await aggregate(make(), { update, values: [value(0.125)] });
      const { kernel, bias } = result as unknown as Record<
        'kernel' | 'bias',
        { readonly data: Float32Array }
      >;
      const expected = [0.125, 0.25, 0.375, 0.5, -0.125, 0];
      [...kernel.data, ...bias.data].forEach((x, index) => {
        expect(Math.abs(x - expected[index]!)).toBeLessThanOrEqual(within);
      });
    });
  });
}

export interface WrapperContractOptions {
  /** Of which an update consists: a float32 by default. */
  readonly update?: Type;
}

/**
 * Tests that the wrapper which `wrap` puts around an aggregator passes on what the clients of that one keep. Call it
 * next to `aggregatorContract`:
 *
 *     import { wrapperContract } from '@starling/aggregators/contract';
 *     import { halved } from './halved.js';
 *
 *     wrapperContract('halved', (inner) => halved(inner));
 */
export function wrapperContract(
  name: string,
  wrap: (inner: Aggregator) => Aggregator,
  { update = float32() }: WrapperContractOptions = {},
): void {
  test(`${name} passes on what clients of an inner aggregator keep`, async () => {
    const cohort = { update, values: [1, 2] };
    const first = await aggregate(wrap(countingSum), cohort);
    const second = await aggregate(wrap(countingSum), { ...cohort, after: first });
    // Each client counts its rounds, and the sum of these is measured.
    expect(lastOf(first.clientState)).toEqual([1, 1]);
    expect(lastOf(second.clientState)).toEqual([2, 2]);
    expect(JSON.stringify(second.measurements)).toContain('"rounds":4');
  });
}

/** Of what each client keeps, the number that is kept innermost. */
function lastOf(kept: readonly HostValue[] | undefined): readonly unknown[] | undefined {
  const last = (value: HostValue): unknown =>
    typeof value === 'object' && value !== null ? last(Object.values(value).at(-1) as HostValue) : value;
  return kept?.map(last);
}

const countRound = localComputation({ rounds: float32() }, ({ rounds }) => tf.add(rounds, 1));

/** A sum whose clients count their rounds. */
const countingSum: Aggregator = {
  name: 'counting sum',
  reveals: 'sums',
  sensitivity: null,
  create: (update) =>
    aggregationOf({
      name: 'counting sum',
      update,
      start: nothing,
      startClient: () => federatedValue(0, 'CLIENTS', float32()),
      step: (state, { value, clientState }) => {
        const rounds = federatedMap(countRound, { rounds: clientState as ClientsValue });
        return {
          state,
          clientState: rounds,
          result: federatedSum(value),
          measurements: federatedZip({ rounds: federatedSum(rounds) }),
        };
      },
    }),
};
