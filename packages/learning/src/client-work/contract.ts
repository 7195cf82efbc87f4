// The contract suite of client works: each one's test calls it.
import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  atServer,
  clientStartOf,
  evaluate,
  type FederatedComputation,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedZip,
  field,
  formatType,
  type StructType,
  type SymbolicValue,
  seedFrom,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Model } from '../model/model.js';
import type { ClientWork } from '../parts/client-work.js';
import { clientTypes } from '../parts/created-parts.js';
import { lineModel, points } from '../testing/line-model.js';

export interface WorkCohort {
  /** What the work is made for; by default a line through the origin, `w x`, with one weight. */
  readonly model?: Model;
  /** What the clients hold, by name, a value each; by default `data`, points of the line. */
  readonly held?: { readonly [name: string]: readonly unknown[] };
}

/**
 * Tests the client work that `make` makes anew for each test. Call it at the top of a test file, for a client work of
 * your own too:
 *
 *     import { clientWorkContract } from '@starling/learning/contract';
 *     import { signWork } from './sign-work.js';
 *
 *     clientWorkContract('signWork', () => signWork({ learningRate: 0.1 }));
 */
export function clientWorkContract(name: string, make: () => ClientWork, cohort: WorkCohort = {}): void {
  const { model = lineModel(1), held = { data: [points([1, 2], [2, 2]), points([1, 3])] } } = cohort;

  describe(`${name} keeps the contract of client work`, () => {
    test('gives a value and a weight of each client, and keeps the type of its state', () => {
      const { initialize, next } = make().create(model);
      const { elements } = next.type.result as StructType<Record<'state' | 'result', StructType>>;
      const { value, weight } = elements.result.elements as Record<'value' | 'weight', Type>;
      expect(formatType(value)).toMatch(/@CLIENTS$/);
      expect(formatType(weight)).toBe('{float32}@CLIENTS');
      expect(formatType(elements.state)).toBe(formatType(initialize.type.result));
    });

    test('gives finite numbers, weights of at least 0, and the same for the same seed', async () => {
      const engine = await createOnnxEngine();
      const computation = collected(make(), model);
      const options = { run: localRunner(engine), seed: seedFrom(7) };
      const sent = () => evaluate(computation, { weights: model.initialWeights, ...held } as never, options);
      const first = await sent();
      const numbers = numbersOf(first);
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers.filter((each) => !Number.isFinite(each))).toEqual([]);
      const { weight } = first as unknown as { readonly weight: unknown };
      expect(Math.min(...numbersOf(weight))).toBeGreaterThanOrEqual(0);
      expect(await sent()).toEqual(first);
      await engine.dispose();
    });
  });
}

/** What each client would send in the first round, which only this test gets to see. */
function collected(work: ClientWork, model: Model): FederatedComputation {
  const process = work.create(model);
  const types = clientTypes(process);
  return federatedComputation({ weights: atServer(model.weights), ...types }, (given) => {
    const { weights, ...own } = given as unknown as { readonly [name: string]: SymbolicValue };
    const received = federatedBroadcast(weights as never);
    const clientState = clientStartOf(process)?.();
    const { result } = stepOf(process, startOf(process), { weights: received, ...own, clientState });
    const part = (name: string) => federatedCollect(field(result, name) as never);
    return federatedZip({ value: part('value'), weight: part('weight') } as never);
  }) as unknown as FederatedComputation;
}

/** All numbers within a host value. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, Number);
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  if (typeof value !== 'object' || value === null) return [];
  const { data, columns } = value as { readonly data?: unknown; readonly columns?: unknown };
  if (ArrayBuffer.isView(data)) return numbersOf(data);
  return Object.values((columns as object | undefined) ?? value).flatMap(numbersOf);
}
