// Is it hotter than 30 °C, by humidity and time? Four real motes learn one model in common, and each a model of its own
// that stays with it (Ditto). Two motes stand indoors and two outdoors: one model for all is wrong four times as often.
import { tfl } from '@starling/compute';
import { seedFrom } from '@starling/federated-core';
import { binaryAccuracy, ditto, layersModel, sgd, sigmoidCrossentropy } from '@starling/learning';
import { everyoneSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { bothModels } from './both-models.js';
import { motes, reading } from './motes.js';

export default defineFederation({
  name: 'sensors',
  description: 'Over 30 °C by humidity and time: one model for all motes, and one that each keeps',
  options: z.object({
    strength: z.number().min(0).default(0.01).describe('λ, which pulls a mote’s own model to the common one'),
    learningRate: z.number().default(0.5).describe('of the common model, on the motes'),
    personalLearningRate: z.number().default(0.5).describe('of the motes’ own models'),
    batchSize: z.int().min(1).default(50).describe('readings a step'),
    dataSeed: z.int().default(0).describe('decides which readings are for tests'),
  }),
  async build({ strength, learningRate, personalLearningRate, batchSize, dataSeed }) {
    const model = layersModel(
      () => tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] }),
      {
        name: 'logistic regression',
        example: reading,
        loss: sigmoidCrossentropy,
        metrics: { accuracy: binaryAccuracy },
        seed: seedFrom(dataSeed),
      },
    );
    return {
      process: ditto({
        model,
        clientOptimizer: sgd({ learningRate }),
        personalLearningRate,
        personalStrength: strength,
        batchSize,
      }),
      population: await motes(dataSeed),
      sampler: everyoneSampler(),
      rounds: 50,
      evaluation: { every: 5, computation: bothModels(model) },
      headline: 'evaluation.personal.accuracy',
    };
  },
});
