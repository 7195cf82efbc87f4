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
/** The first client alone, then the second. */
const sampler: CohortSampler = { name: 'in turn', sample: ({ round }) => [round === 1 ? 0 : 1] };

test('`fedOpt` keeps its weights when a finite update would make them infinite, and trains on', async () => {
  // Round 1: the update 3e38 is a float32, but twice that, by the server's learning rate, is not.
  const run = async (finiteState?: boolean) => {
    const failures: string[] = [];
    const process = fedOpt({
      model,
      batchSize: 1,
      clientOptimizer: sgd({ learningRate: 1 }),
      serverOptimizer: sgd({ learningRate: 2 }),
      ...(finiteState === undefined ? {} : { finiteState }),
    });
    const { state } = await runRounds({
      process,
      population,
      sampler,
      runtime: inProcessRuntime(),
      rounds: 2,
      seed: 1,
      onFailedRound: ({ round, error }) => void failures.push(`${round} ${error.code}`),
    });
    return { w: state[0]!.data[0], failures };
  };
  // Round 2: w + 2 · 2.
  expect(await run()).toEqual({ w: 5, failures: ['1 non-finite-state'] });
  // Without the check the honest client meets an infinite model, and its update is refused, for ever.
  expect(await run(false)).toEqual({ w: Number.POSITIVE_INFINITY, failures: ['2 empty-aggregate'] });
});
