// The contract suite of aggregators: each one's test calls it.
import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  compilePlan,
  evaluate,
  float32,
  formatType,
  type HostValue,
  type StructType,
  struct,
  type Type,
} from '@starling/federated-core';
import { reveals } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import type { Aggregator } from './aggregator.js';

export interface AggregatorStep {
  readonly state: HostValue;
  readonly result: HostValue;
  readonly measurements: HostValue;
}

export interface CohortUpdates {
  /** The type of an update. */
  readonly update: Type;
  /** One update for each client. */
  readonly values: readonly unknown[];
  /** One weight for each client; all 1 by default. */
  readonly weights?: readonly number[];
}

/** One step of `aggregator` from its first state on the updates of a cohort. */
export async function aggregate(
  aggregator: Aggregator,
  { update, values, weights = values.map(() => 1) }: CohortUpdates,
): Promise<AggregatorStep> {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const { initialize, next } = aggregator.create(update);
  const state = await evaluate(initialize, undefined, { run });
  const step = await evaluate(next, { state, value: values, weight: weights }, { run });
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
      expect(compilePlan(make().create(update).next).phases.length).toBe(1);
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
