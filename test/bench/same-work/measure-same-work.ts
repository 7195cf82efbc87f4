// Ten rounds of logistic regression in which nothing is drawn, on two threads: the model begins with zeros, cohorts and
// examples come as they lie. Prints the loss on the first clients' data as one JSON line.
import { tfl } from '@starling/compute';
import {
  datasetEvaluation,
  federatedAveraging,
  layersModel,
  sgd,
  softmaxCrossentropy,
} from '@starling/learning';
import type { CohortSampler } from '@starling/population';
import { runRounds, threadsRuntime } from '@starling/runtime';
import { CLASSES, CLIENTS, EXAMPLES, SIDE, standardData, standardExample } from '../work/standard-data.js';
import { COHORT, IMAGE_BATCH, LANE_SIZE, LEARNING_RATE, workPopulation } from '../work/standard-work.js';
import { ROUNDS } from './same-work.js';

const PROBED = 20 * EXAMPLES;

const inOrder: CohortSampler = {
  name: 'in order',
  sample: ({ round }) =>
    Array.from({ length: COHORT }, (_, place) => ((round - 1) * COHORT + place) % CLIENTS),
};
const { flatten, dense } = tfl.layers;
const model = layersModel(
  () =>
    tfl.sequential({
      layers: [
        flatten({ inputShape: [SIDE, SIDE, 1] }),
        dense({ units: CLASSES, kernelInitializer: 'zeros' }),
      ],
    }),
  { example: standardExample, loss: softmaxCrossentropy },
);
const { images, labels } = standardData();
const x = {
  dtype: 'float32',
  shape: [PROBED, SIDE, SIDE, 1],
  data: images.slice(0, PROBED * SIDE * SIDE),
} as const;
const y = { dtype: 'int32', shape: [PROBED], data: labels.slice(0, PROBED) } as const;
const probe = { length: PROBED, columns: { x, y } };

const { evaluation } = await runRounds({
  process: federatedAveraging({
    model,
    clientOptimizer: sgd({ learningRate: LEARNING_RATE }),
    batchSize: IMAGE_BATCH,
    order: 'given',
  }),
  laneSize: LANE_SIZE,
  runtime: threadsRuntime({ workers: 2 }),
  population: workPopulation('lr'),
  sampler: inOrder,
  rounds: ROUNDS,
  seed: 0,
  evaluation: datasetEvaluation({ model, dataset: probe, every: ROUNDS }),
});
process.stdout.write(`${JSON.stringify({ lossAfter: (evaluation as { readonly loss: number }).loss })}\n`);
process.exit();
