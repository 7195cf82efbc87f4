// Which character comes next? A network learns it by federated averaging from the State of the Union addresses, where
// each president is a client that keeps what he said.
import { tf, tfl } from '@starling/compute';
import { seedFrom } from '@starling/federated-core';
import {
  accuracy,
  clippedByNorm,
  datasetEvaluation,
  federatedAveraging,
  layersModel,
  sgd,
  softmaxCrossentropy,
} from '@starling/learning';
import { uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { addresses, CHARACTERS, STRETCH, stretch } from './addresses.js';

const { conv1d, dense, embedding, lstm } = tfl.layers;
/** Characters that the convolution sees: the one before the next, and those before it. */
const SEEN = 8;

/** What is between characters and scores of the next one, by the word that `--set model=…` takes. */
const hidden = {
  /** Sees eight characters, each place by itself: several times as fast as what goes from place to place. */
  conv: (units: number) =>
    conv1d({ filters: units, kernelSize: SEEN, padding: 'causal', activation: 'relu' }),
  lstm: (units: number) => lstm({ units, returnSequences: true }),
};

export default defineFederation({
  name: 'speeches',
  description: 'The next character of State of the Union addresses, where each president is a client',
  options: z.object({
    model: z.enum(['conv', 'lstm']).default('conv').describe('a convolution, or a recurrent network'),
    units: z.int().min(1).default(128).describe('of its hidden layer'),
    cohort: z.int().min(1).max(43).default(10).describe('presidents a round'),
    steps: z.int().min(1).default(10).describe('of a president in a round'),
    batchSize: z.int().min(1).default(16).describe('stretches of 80 characters a step'),
    learningRate: z.number().default(2).describe('of the presidents’ SGD'),
    dataSeed: z.int().default(0).describe('decides which stretches are for tests, and the first weights'),
  }),
  async build({ model: kind, units, cohort, steps, batchSize, learningRate, dataSeed }) {
    const seed = seedFrom(dataSeed);
    const { train, test } = addresses().splitRows({ testShare: 0.01, seed });
    const whole = (field: 'x' | 'y') => (batch: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
      tf.cast(batch[field], 'int32');
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [
            embedding({ inputDim: CHARACTERS, outputDim: 16, inputLength: STRETCH }),
            hidden[kind](units),
            dense({ units: CHARACTERS }),
          ],
        }),
      {
        name: 'next character',
        example: stretch,
        features: whole('x'),
        labels: whole('y'),
        loss: softmaxCrossentropy,
        metrics: { accuracy },
        seed,
      },
    );
    const clientOptimizer = clippedByNorm(sgd({ learningRate }), { clipNorm: 1 });
    return {
      process: federatedAveraging({ model, clientOptimizer, steps, batchSize }),
      population: train,
      sampler: uniformSampler({ cohortSize: cohort }),
      rounds: 100,
      evaluation: datasetEvaluation({ model, dataset: await test.pooled(), every: 10 }),
      headline: 'evaluation.accuracy',
    };
  },
});
