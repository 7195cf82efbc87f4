// What the compiler knows of a run: this file is part of the build.
import {
  atClients,
  federatedComputation,
  federatedMean,
  float32,
  type StateOf,
  type Tensor,
} from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import type { FederationSetup } from '../federation/federation.js';
import { growth, numberOf, options } from '../testing/growth.js';
import { runRounds } from './run-rounds.js';

const { process: _, arguments: given, ...common } = options();

describe('types of a run', () => {
  test('`runRounds` gives state and metrics in the types of the process, and hands them to callbacks so', async () => {
    const means: number[] = [];
    const result = await runRounds({
      ...common,
      process: growth,
      arguments: given,
      evaluation: { every: 3, run: (state) => Number(state.data[0]) },
      best: { metric: 'evaluation', goal: 'highest' },
      onRound: ({ metrics }) => void means.push(metrics.mean),
    });
    const state: Tensor<'float32'> = result.stateValue;
    const best: Tensor<'float32'> | undefined = result.best?.stateValue;
    // 100 + 2 (0.5 + 1.5 + 2.5)
    assert.deepEqual([...state.data], [109]);
    assert.deepEqual(best, state);
    assert.deepEqual(means, [0.5, 1.5, 2.5]);
    const clients: number | undefined = result.metrics?.clients;
    assert.equal(clients, 2);
    assert.equal(numberOf(result.state), 109);
    // @ts-expect-error there is no such metric
    assert.throws(() => result.metrics?.median, "Cannot read 'median' of metrics");
  });

  test('`runRounds` gives the result of a computation in its type', async () => {
    const computation = federatedComputation(atClients(float32()), (value) => ({
      mean: federatedMean(value),
    }));
    const { stateValue, metrics } = await runRounds({ ...common, computation, rounds: 1 });
    const mean: Tensor<'float32'> | undefined = stateValue?.mean;
    assert.deepEqual([...mean!.data], [0.5]);
    const shown: number | undefined = metrics?.mean;
    assert.equal(shown, 0.5);
    assert.isNull((await runRounds({ ...common, computation, rounds: 0 })).stateValue);
  });

  test('`FederationSetup` takes an evaluation that says which state it is of', () => {
    const evaluation: FederationSetup['evaluation'] = {
      every: 1,
      run: (state: StateOf<typeof growth>) => Number(state.data[0]),
    };
    assert.equal(evaluation.every, 1);
  });
});
