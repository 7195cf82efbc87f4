// The contract suite of finalizers: each one's test calls it.
import { createOnnxEngine, createTfjsEngine, localRunner } from '@starling/compute';
import { evaluate, formatType, type StructType, type Type } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Model } from '../model/model.js';
import type { Finalizer } from '../parts/finalizer.js';
import { lineModel } from '../testing/line-model.js';

export interface RoundUpdate {
  /** What the finalizer is made for; by default a line through the origin with one weight, `w`. */
  readonly model?: Model;
  /** The type of an aggregate; by default that of the weights. */
  readonly type?: Type;
  /** An aggregate; by default a change of `w` by 0.25. */
  readonly value?: unknown;
}

/**
 * Tests the finalizer that `make` makes anew for each test. Call it at the top of a test file, for a finalizer of your
 * own too:
 *
 *     import { finalizerContract } from '@starling/learning/contract';
 *     import { averagedFinalizer } from './averaged-finalizer.js';
 *
 *     finalizerContract('averagedFinalizer', () => averagedFinalizer({ decay: 0.99 }));
 */
export function finalizerContract(name: string, make: () => Finalizer, update: RoundUpdate = {}): void {
  const { model = lineModel(1), type = model.weights, value = { w: 0.25 } } = update;

  describe(`${name} keeps the finalizer contract`, () => {
    test('gives weights of their type, and keeps the type of its state', () => {
      const { initialize, next } = make().create(model, type);
      const { elements } = next.type.result as StructType<Record<'state' | 'result', Type>>;
      expect(formatType(elements.result)).toBe(`${formatType(model.weights)}@SERVER`);
      expect(formatType(elements.state)).toBe(formatType(initialize.type.result));
    });

    test('gives finite weights, the same each time, and close to them on another engine', async () => {
      const { initialize, next } = make().create(model, type);
      const outcomes: number[][] = [];
      const engines = [await createOnnxEngine(), await createTfjsEngine()];
      for (const engine of [engines[0]!, ...engines]) {
        const run = localRunner(engine);
        let weights: unknown = model.initialWeights;
        let state: unknown = await evaluate(initialize, undefined, { run });
        for (let round = 0; round < 3; round++) {
          const given = { state, weights, update: value };
          const after = (await evaluate(next, given as never, { run })) as unknown as Record<string, unknown>;
          ({ state, result: weights } = after);
        }
        outcomes.push(numbersOf(weights));
      }
      const [first, again, other] = outcomes as [number[], number[], number[]];
      expect(first.filter((each) => !Number.isFinite(each))).toEqual([]);
      expect(again).toEqual(first);
      for (const [index, each] of other.entries()) expect(each).toBeCloseTo(first[index]!, 5);
      for (const engine of engines) await engine.dispose();
    });
  });
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { data } = value as { readonly data?: unknown };
  if (ArrayBuffer.isView(data)) return Array.from(data as Float32Array);
  return Object.values(value).flatMap(numbersOf);
}
