import { inProcessRuntime, runRounds } from '@starling/runtime';
import { expect, test } from 'vitest';
import byHand from './by-hand.js';

test('SCAFFOLD by hand first passes 88 % in rounds 24 to 29, as an independent program did', {
  timeout: 120_000,
}, async () => {
  const setup = await byHand.build({});
  const accuracies: number[] = [];
  await runRounds({
    ...setup,
    runtime: inProcessRuntime(),
    seed: 1,
    onRound: ({ evaluation }) =>
      void accuracies.push((evaluation as { readonly accuracy: number } | null)!.accuracy),
  });
  const first = 1 + accuracies.findIndex((accuracy) => accuracy >= 0.88);
  expect(first).toBeGreaterThanOrEqual(24);
  expect(first).toBeLessThanOrEqual(29);
});
