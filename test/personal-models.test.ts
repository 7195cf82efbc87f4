// Personal models: what Ditto has each client keep is measured where it is, on every runtime, and fits its client
// better than the model that all have in common.
import { startClients } from '@starling/client';
import { tf } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import { float32, sequence, struct, tensor, toValue } from '@starling/federated-core';
import {
  ditto,
  federatedEvaluation,
  fedPer,
  functionModel,
  personalEvaluation,
  sgd,
} from '@starling/learning';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds, threadsRuntime } from '@starling/runtime';
import { expect, test } from 'vitest';

const example = struct({ x: float32(), y: float32() });
const model = functionModel({
  name: 'line',
  example,
  initialWeights: { w: tensor('float32', [], Float32Array.of(0)) },
  loss: ({ w }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
    tf.div(tf.square(tf.sub(tf.mul(w, x), y)), 2),
});
/** Each client has a slope of its own. */
const dataType = struct({ data: sequence(example) });
const population = populationOf(
  [1, 2, 3, 4].map((slope) => toValue(dataType, { data: [1, 2, 3].map((x) => ({ x, y: slope * x })) })),
  dataType,
);
const everyone = [0, 1, 2, 3];

function run(runtime: Runtime, computation: ReturnType<typeof personalEvaluation>) {
  return runRounds({
    process: ditto({
      model,
      clientOptimizer: sgd({ learningRate: 0.05 }),
      personalLearningRate: 0.05,
      personalStrength: 0.1,
      batchSize: 1,
    }),
    population,
    runtime,
    sampler: uniformSampler({ cohortSize: 4 }),
    rounds: 6,
    seed: 1,
    evaluation: { every: 3, computation },
  });
}

const sockets = (): Runtime =>
  websocketRuntime({
    deadlineMs: 20_000,
    launchClients: async (url) => {
      const running = await startClients({ url, population, clients: everyone });
      return { stop: () => running.close() };
    },
  });

test('`personalEvaluation` finds the same of what clients keep on every runtime', {
  timeout: 60_000,
}, async () => {
  const personal = personalEvaluation({ model });
  const { stateHash, evaluation } = await run(inProcessRuntime(), personal);
  for (const runtime of [threadsRuntime({ workers: 3 }), sockets()]) {
    const other = await run(runtime, personal);
    expect([other.stateHash, other.evaluation]).toEqual([stateHash, evaluation]);
  }
  const common = await run(inProcessRuntime(), federatedEvaluation({ model }));
  const lossOf = (value: unknown): number => (value as { readonly loss: number }).loss;
  // Slopes of 1 to 4: one line for all is off by 0.5 or 1.5 · x, one of each client's own by next to nothing.
  expect(lossOf(evaluation)).toBeLessThan(0.2 * lossOf(common.evaluation));
});

test('`fedPer` fits each client by what it keeps, and all by what they share', async () => {
  const zero = tensor('float32', [], Float32Array.of(0));
  const process = fedPer({
    model: functionModel({
      name: 'line with an end',
      example,
      initialWeights: { a: zero, b: zero },
      loss: ({ a, b }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
        tf.square(tf.sub(tf.add(tf.mul(a, x), b), y)),
    }),
    clientOptimizer: sgd({ learningRate: 0.05 }),
    batchSize: 1,
    epochs: 4,
    personal: ['b'],
  });
  // The same slope, and an end of each client's own.
  const clients = [0, 10, 20, 30].map((end) =>
    toValue(dataType, { data: [-1, 0, 1].map((x) => ({ x, y: 2 * x + end })) }),
  );
  const { stateValue, evaluation } = await runRounds({
    process,
    population: populationOf(clients, dataType),
    runtime: inProcessRuntime(),
    sampler: uniformSampler({ cohortSize: 4 }),
    rounds: 12,
    seed: 1,
    evaluation: { every: 12, computation: personalEvaluation({ process }) },
  });
  expect(stateValue.model['a']!.data[0]).toBeCloseTo(2, 2);
  // One line for all would be off by 5 or 15: a loss of 125.
  expect((evaluation as unknown as { readonly loss: number }).loss).toBeLessThan(0.01);
});
