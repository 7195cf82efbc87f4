// federation.ts: who is ill, learnt from hospitals whose patients' rows stay apart. Replace patients.csv, and the names
// of its columns, by your own.
import { fileURLToPath } from 'node:url';
import { tfl } from '@starling/compute';
import { categories, readCsv } from '@starling/data';
import { seedFrom } from '@starling/federated-core';
import {
  binaryAccuracy,
  datasetEvaluation,
  federatedAveraging,
  layersModel,
  sgd,
  sigmoidCrossentropy,
} from '@starling/learning';
import { type ClientData, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const file = fileURLToPath(new URL('./patients.csv', import.meta.url));

export default defineFederation({
  name: 'my-study',
  description: 'Who is ill? Logistic regression over hospitals',
  options: z.object({
    learningRate: z.number().default(0.1).describe('of the hospitals’ SGD'),
    epochs: z.int().min(1).default(1).describe('of a hospital in a round'),
    dataSeed: z.int().default(1).describe('decides which patients are for tests'),
  }),
  async build({ learningRate, epochs, dataSeed }) {
    const hospitals = await readCsv(file, { client: 'hospital', types: { sex: categories(['f', 'm']) } });
    const { train, test } = hospitals.splitRows({ testShare: 0.25, seed: seedFrom(dataSeed) });
    const moments = await train.moments({ columns: ['age', 'chol', 'pulse'] });
    const ready = (rows: ClientData) =>
      rows.standardize(moments).select({ x: ['age', 'sex', 'chol', 'pulse'], y: 'sick' });
    const population = ready(train);
    const model = layersModel(
      () => tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [4] })] }),
      { example: population.element, loss: sigmoidCrossentropy, metrics: { accuracy: binaryAccuracy } },
    );
    return {
      process: federatedAveraging({ model, clientOptimizer: sgd({ learningRate }), epochs, batchSize: 10 }),
      population,
      sampler: uniformSampler({ cohortSize: population.size }),
      rounds: 20,
      evaluation: datasetEvaluation({ model, dataset: await ready(test).pooled() }),
      headline: 'evaluation.accuracy',
    };
  },
});
