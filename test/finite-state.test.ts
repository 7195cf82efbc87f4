// A model that one client could make infinite stays what it was, whole: by the learning process, on a runtime.
import { tf } from '@starling/compute';
import { type Dataset, float32, sequence, struct, tensor } from '@starling/federated-core';
import { fedOpt, functionModel, sgd } from '@starling/learning';
import { type CohortSampler, populationOf } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { expect, test } from 'vitest';

/** The loss of an example is −w x, so that a step with learning rate 1 moves w by the mean of x. */
const model = functionModel({
  name: 'runaway',
  example: struct({ x: float32() }),
  initialWeights: { w: tensor('float32', [], Float32Array.of(1)) },
  loss: ({ w }, { x }: { readonly x: tf.Tensor }) => tf.neg(tf.mul(w as tf.Tensor, x)),
});

const holding = (x: number): Dataset => ({
  length: 1,
  columns: { x: tensor('float32', [1], Float32Array.of(x)) },
});

const population = populationOf([holding(3e38), holding(2)], sequence(model.example));
/** The first attempt at round 1 asks the first client alone, any other the second. */
function inTurn(): CohortSampler {
  const seeds = new Set<string>();
  return {
    name: 'in turn',
    sample: ({ round, seed }) => {
      if (round === 1) seeds.add(String(seed)); // each attempt has its own; checks draw that of the first
      return [round === 1 && seeds.size === 1 ? 0 : 1];
    },
  };
}

async function run(rounds: number, finiteState?: boolean) {
  const failures: string[] = [];
  const process = fedOpt({
    model,
    batchSize: 1,
    clientOptimizer: sgd({ learningRate: 1 }),
    serverOptimizer: sgd({ learningRate: 2 }),
    ...(finiteState === undefined ? {} : { finiteState }),
  });
  const weights: unknown[] = [];
  const ended = runRounds({
    process,
    population,
    sampler: inTurn(),
    runtime: inProcessRuntime(),
    rounds,
    seed: 1,
    onRound: ({ state }) => void weights.push(state[0]!.data[0]),
    onFailedRound: ({ round, error }) => void failures.push(`${round} ${error.code}`),
  });
  const end = await ended.then(
    () => 'done',
    (error: { readonly code: string }) => error.code,
  );
  return { weights, failures, end };
}

// Round 1: the update 3e38 is a float32, but twice that, by the server's learning rate, is not.
test('`fedOpt` keeps its weights when a finite update would make them infinite, and tries another cohort', async () => {
  // w + 2 · 2, from 1.
  expect(await run(1)).toEqual({ weights: [5], failures: ['1 non-finite-state'], end: 'done' });
});

test('`fedOpt` without the check goes on from an infinite model, whose clients are all refused', async () => {
  expect(await run(2, false)).toEqual({
    weights: [Number.POSITIVE_INFINITY],
    failures: ['2 empty-aggregate', '2 empty-aggregate', '2 empty-aggregate'],
    end: 'empty-aggregate',
  });
});
