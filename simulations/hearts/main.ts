// Who has heart disease? Logistic regression over four hospitals whose patients' rows stay apart, by the recipe of
// FLamby: 15 rounds of 100 steps. The files are not shipped; README.md says where they are.
import { tfl } from '@starling/compute';
import { seedFrom } from '@starling/federated-core';
import {
  binaryAccuracy,
  evaluationByClient,
  fedAdam,
  federatedAveraging,
  fedYogi,
  layersModel,
  sgd,
  sigmoidCrossentropy,
} from '@starling/learning';
import { everyoneSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { FEATURES, patient, patients } from './hospitals.js';

/** Rates of FLamby's own benchmark. */
const RATES = {
  average: { client: 0.001 },
  adam: { client: 0.01, server: 0.01 },
  yogi: { client: 0.003162, server: 0.01 },
} as const;
const ADAPTIVE = { beta1: 0.9, beta2: 0.999, tau: 1e-8 } as const;

export default defineFederation({
  name: 'hearts',
  description: 'Heart disease in four hospitals, by the recipe of FLamby',
  options: z.object({
    data: z
      .string()
      .default('heart-disease')
      .describe('the folder of processed.cleveland.data and the three others'),
    algorithm: z.enum(['average', 'adam', 'yogi']).default('average').describe('FedAvg, FedAdam or FedYogi'),
    dataSeed: z.int().default(0).describe('decides who is for tests, and the initial weights'),
  }),
  async build({ data, algorithm, dataSeed }) {
    const seed = seedFrom(dataSeed);
    const { train, test } = await patients(data, seed);
    const model = layersModel(
      () => {
        // As torch begins a linear layer.
        const bound = 1 / Math.sqrt(FEATURES);
        const initializer = tfl.initializers.randomUniform({ minval: -bound, maxval: bound });
        return tfl.sequential({
          layers: [
            tfl.layers.dense({
              units: 1,
              inputShape: [FEATURES],
              kernelInitializer: initializer,
              biasInitializer: initializer,
            }),
          ],
        });
      },
      {
        name: 'logistic regression',
        example: patient,
        loss: sigmoidCrossentropy,
        metrics: { accuracy: binaryAccuracy },
        seed,
      },
    );
    const training = {
      model,
      batchSize: 4,
      steps: 100,
      clientOptimizer: sgd({ learningRate: RATES[algorithm].client }),
    };
    const processes = {
      average: () => federatedAveraging(training),
      adam: () => fedAdam({ ...training, ...ADAPTIVE, serverLearningRate: RATES.adam.server }),
      yogi: () => fedYogi({ ...training, ...ADAPTIVE, serverLearningRate: RATES.yogi.server }),
    };
    return {
      process: processes[algorithm](),
      population: train,
      sampler: everyoneSampler(),
      rounds: 15,
      evaluation: { every: 15, computation: evaluationByClient({ model }), population: test },
      headline: 'evaluation.accuracy',
    };
  },
});
