// A model that is good on average: it tells male from female penguins, over stations that keep their nests. On average
// it is right, of one species it is not; a constraint fails the run, and another algorithm repairs the model.
import { tfl } from '@starling/compute';
import {
  atLeast,
  binaryAccuracy,
  evaluationByGroup,
  federatedAveraging,
  fedMinMax,
  layersModel,
  sgd,
  sigmoidCrossentropy,
  worst,
} from '@starling/learning';
import { everyoneSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { nestExample, nests, species } from './nests.js';

export default defineFederation({
  name: 'penguins',
  description: 'The sex of penguins by their beaks, and whether the model holds for each species',
  options: z.object({
    algorithm: z
      .enum(['average', 'minmax'])
      .default('average')
      .describe('for the mean, or for the worst species'),
    features: z
      .enum(['beak', 'all'])
      .default('beak')
      .describe('length and depth of the beak, or also flipper and mass'),
    learningRate: z.number().default(0.5).describe('of the clients’ SGD, one step a round'),
    mixtureStep: z.number().default(0.1).describe('of minmax'),
  }),
  build({ algorithm, features, learningRate, mixtureStep }) {
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 1, inputShape: [features === 'beak' ? 2 : 4] })],
        }),
      {
        example: nestExample({ features }),
        loss: sigmoidCrossentropy,
        metrics: { accuracy: binaryAccuracy },
      },
    );
    const training = { model, clientOptimizer: sgd({ learningRate }), batchSize: 'full' } as const;
    const groups = { by: { species: [...species] }, at: [0.5], minClients: 5 };
    return {
      process:
        algorithm === 'minmax'
          ? fedMinMax({ ...training, by: { species: [...species] }, mixtureStep })
          : federatedAveraging(training),
      population: nests({ features }),
      sampler: everyoneSampler(),
      rounds: 300,
      evaluation: { every: 10, ...evaluationByGroup({ model, groups }) },
      constraints: {
        require: [atLeast('accuracy', 0.65), atLeast(worst('accuracy', { by: 'species', at: 0.5 }), 0.6)],
      },
      headline: 'evaluation.accuracy',
    };
  },
});
