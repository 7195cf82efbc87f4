import { type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test, vi } from 'vitest';
import { BestKeeper } from './best-keeper.js';
import type { BestRule } from './best-rule.js';

const rule: BestRule = { metric: 'loss', goal: 'lowest', patience: 2 };
const stateOf = (value: number): readonly Tensor[] => [tensor('float32', [], Float32Array.of(value))];
const none = async (): Promise<null> => null;

/** Has seen rounds 1, 2, … with these losses; the state of a round is its number. */
function keeperAfter(...losses: number[]): BestKeeper {
  const keeper = new BestKeeper(rule);
  for (const [index, loss] of losses.entries())
    keeper.see(index + 1, { metrics: { loss } }, stateOf(index + 1), true);
  return keeper;
}

describe('BestKeeper', () => {
  test('`BestKeeper` says once that a value is not finite, and never takes it for the best', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const keeper = keeperAfter(Number.NaN, 3, Number.POSITIVE_INFINITY);
    const words = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(await keeper.best(none)).toMatchObject({ round: 2, value: 3 });
    expect(words).toHaveLength(1);
    expect(words[0]).toContain("'loss', by which the best state is chosen, is NaN after round 1");
  });

  test('`BestKeeper` keeps the state of the best round', async () => {
    const keeper = keeperAfter(3, 1, 2);
    expect(await keeper.best(none)).toEqual({ round: 2, value: 1, state: stateOf(2) });
    keeper.see(4, { metrics: { loss: 0 } }, stateOf(4), true);
    expect(await keeper.best(none)).toEqual({ round: 4, value: 0, state: stateOf(4) });
  });

  test('`BestKeeper` decides as before when it is made anew from its progress', async () => {
    const before = keeperAfter(1, 2);
    const after = new BestKeeper(rule, before.progress);
    for (const keeper of [before, after]) {
      expect(keeper.stop).toBeNull();
      keeper.see(3, { metrics: { loss: 1 } }, stateOf(3), true);
      expect(keeper.stop).toBe('patience');
    }
    expect(await after.best(async (round) => stateOf(round))).toEqual({
      round: 1,
      value: 1,
      state: stateOf(1),
    });
  });

  test('`BestKeeper` lets a round out of turn be the best, and keeps it out of its progress', async () => {
    const keeper = keeperAfter(3, 2);
    keeper.see(3, { metrics: { loss: 1 } }, stateOf(3), false);
    expect(await keeper.best(none)).toEqual({ round: 3, value: 1, state: stateOf(3) });
    expect(keeper.progress).toEqual({ round: 2, value: 2, since: 0 });
    keeper.see(3, { metrics: { loss: 5 } }, stateOf(3), false);
    expect(await keeper.best(none)).toEqual({ round: 2, value: 2, state: stateOf(2) });
  });

  test('`BestKeeper` has no best state when no value was finite', async () => {
    expect(await keeperAfter(Number.NaN).best(none)).toBeNull();
  });
});
