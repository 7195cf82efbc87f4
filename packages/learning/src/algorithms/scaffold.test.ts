import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  clientStateOptions,
  compilePlan,
  evaluate,
  evaluateRound,
  type HostValue,
  inspectPlan,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { lineModel, points } from '../testing/line-model.js';
import { scaffold } from './scaffold.js';

/** Two steps a round, with a rate of 0.1: of w x at x = 1, for which the gradient is w − y. */
const options = {
  model: lineModel(0),
  clients: 2,
  clientLearningRate: 0.1,
  epochs: 2,
  batchSize: 1,
} as const;
const held = { a: points([1, 1]), b: points([1, 3]), none: points() };

async function rounds(
  process: ReturnType<typeof scaffold>,
  cohorts: readonly (readonly (keyof typeof held)[])[],
) {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  let state: HostValue = (await evaluate(process.initialize, undefined, { run })) as HostValue;
  let kept: ReadonlyMap<string, HostValue> = new Map();
  const outcomes = [];
  for (const clientIds of cohorts) {
    const given = { state, data: clientIds.map((id) => held[id]) };
    const outcome = await evaluateRound(process, given, kept, { run, clientIds });
    ({ state, clientStates: kept } = outcome);
    const numberIn = (value: unknown): number => (value as { readonly w: number }).w;
    const { model, control } = state as unknown as Record<'model' | 'control', unknown>;
    outcomes.push({
      x: numberIn(model),
      c: numberIn(control),
      kept: Object.fromEntries([...kept].map(([id, value]) => [id, numberIn(value)])),
    });
  }
  await engine.dispose();
  return outcomes;
}

describe('scaffold', () => {
  test('`scaffold` is what two clients give by hand when controls are made by the difference', async () => {
    const [first, second] = await rounds(scaffold(options), [
      ['a', 'b'],
      ['a', 'b'],
    ]);
    // No controls yet. a: 0 → 0.1 → 0.19, b: 0 → 0.3 → 0.57. c_a = −0.19 / 0.2, c_b = −0.57 / 0.2, c their mean.
    expect(first!.x).toBeCloseTo(0.38, 6);
    expect(first!.kept['a']).toBeCloseTo(-0.95, 5);
    expect(first!.kept['b']).toBeCloseTo(-2.85, 5);
    expect(first!.c).toBeCloseTo(-1.9, 5);
    // a, pushed by c − c_a = −0.95: 0.38 + 0.1 (0.62 + 0.95) = 0.537, + 0.1 (0.463 + 0.95) = 0.6783.
    // b, by 0.95: 0.38 + 0.1 (2.62 − 0.95) = 0.547, + 0.1 (2.453 − 0.95) = 0.6973. Changes 0.2983 and 0.3173.
    expect(second!.x).toBeCloseTo(0.6878, 5);
    // c_a = −0.95 + 1.9 − 0.2983 / 0.2, c_b = −2.85 + 1.9 − 0.3173 / 0.2.
    expect(second!.kept['a']).toBeCloseTo(-0.5415, 5);
    expect(second!.kept['b']).toBeCloseTo(-2.5365, 5);
    expect(second!.c).toBeCloseTo(-1.539, 5);
  });

  test('`scaffold` is what two clients give by hand when controls are made by the gradient', async () => {
    const [first, second] = await rounds(scaffold({ ...options, control: 'gradient' }), [
      ['a', 'b'],
      ['a', 'b'],
    ]);
    // The gradients at 0 are −1 and −3.
    expect(first).toEqual({
      x: expect.closeTo(0.38, 6),
      c: expect.closeTo(-2, 6),
      kept: { a: expect.closeTo(-1, 6), b: expect.closeTo(-3, 6) },
    });
    // Both are pushed to the mean gradient: 0.38 + 0.162 = 0.542, + 0.1458 = 0.6878. The gradients at 0.38 are kept.
    expect(second).toEqual({
      x: expect.closeTo(0.6878, 5),
      c: expect.closeTo(-1.62, 5),
      kept: { a: expect.closeTo(-0.62, 5), b: expect.closeTo(-2.62, 5) },
    });
  });

  test('`scaffold` moves the control of the server by the share of clients that count, and theirs alone', async () => {
    const [first, second] = await rounds(scaffold({ ...options, serverLearningRate: 0.5 }), [
      ['a', 'none'],
      ['b'],
    ]);
    // One of two clients counts: x moves by half of 0.19, c by half of −0.95. One without examples has no gradient.
    expect(first).toEqual({
      x: expect.closeTo(0.095, 6),
      c: expect.closeTo(-0.475, 5),
      kept: { a: expect.closeTo(-0.95, 5), none: 0 },
    });
    expect(second!.kept['a']).toBe(first!.kept['a']);
  });

  test('`scaffold` sends the change of the weights and of the control, and keeps as much as its weights', () => {
    const process = scaffold(options);
    const { clientState, bytesUp, revealing } = inspectPlan(
      compilePlan(process.next, clientStateOptions(process)),
    );
    // One float32 is kept. Up go the changes of w and of its control, each with a weight; the count; and three totals.
    expect([clientState?.bytes, revealing]).toEqual([4, false]);
    expect(bytesUp).toBe(4 * (2 + 2 + 1 + 3));
  });

  test('`scaffold` refuses options out of their range', () => {
    expect(() => scaffold({ ...options, clientLearningRate: 0 })).toThrow('clientLearningRate');
    expect(() => scaffold({ ...options, clients: 0 })).toThrow('clients');
    expect(() => scaffold({ ...options, control: 'both' as never })).toThrow('difference');
  });
});
