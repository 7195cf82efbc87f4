import { atClients, federatedComputation, federatedSum, float32 } from '@starling/federated-core';
import type { CohortSampler } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { options } from '../testing/growth.js';
import { createOutcomes } from './outcomes.js';
import { runRounds } from './run-rounds.js';

describe('createOutcomes', () => {
  const heard = { onRound() {}, onFailedRound() {} };
  const nobody: CohortSampler = { name: 'nobody', sample: () => [5] }; // who holds NaN

  test('`createOutcomes` counts a round that failed by a thrown `undefined`', () => {
    const outcomes = createOutcomes();
    outcomes.add([], { error: undefined });
    expect(outcomes.failedRounds).toBe(1);
    expect(outcomes.failure()!.code).toBe('nothing-counted');
  });

  test('`runRounds` gives why, when its rounds had no client left', async () => {
    const computation = federatedComputation(atClients(float32()), (value) => federatedSum(value));
    const { process: _, arguments: __, ...rest } = options({ ...heard, sampler: nobody });
    const empty = await runRounds({ ...rest, computation });
    expect(empty).toMatchObject({ rounds: 3, failedRounds: 0, failure: { code: 'nothing-counted' } });
    expect(empty.failure!.message).toMatch(
      /^Cannot finish the run: need a round with an update that counts, got none in 3 rounds\n {4}3 refused, non-finite-update: .* \(client-5\)\n/,
    );
  });

  test('`runRounds` gives no failure when one round counts, or no client is asked', async () => {
    const computation = federatedComputation(atClients(float32()), (value) => federatedSum(value));
    const once: CohortSampler = { name: 'once', sample: ({ round }) => (round === 2 ? [3] : [5]) };
    const { process: ___, arguments: ____, ...given } = options({ ...heard, sampler: once });
    expect(await runRounds({ ...given, computation })).toMatchObject({ failedRounds: 0, failure: null });
    const { process: _, arguments: __, ...rest } = options({ sampler: { name: 'none', sample: () => [] } });
    expect(await runRounds({ ...rest, computation })).toMatchObject({ failedRounds: 0, failure: null });
  });
});
