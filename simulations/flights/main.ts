// Will a departure be over 15 minutes late? Logistic regression by federated averaging over 229 airports of very
// different sizes, from a Parquet file of three million flights.
import { tf, tfl } from '@starling/compute';
import { seedFrom } from '@starling/federated-core';
import {
  areaUnderCurve,
  datasetEvaluation,
  federatedAveraging,
  type LayersModelOptions,
  layersModel,
  type Model,
  sgd,
  sigmoidCrossentropy,
} from '@starling/learning';
import { uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { departure, departures } from './departures.js';

const HOURS = 24;
const WEEKDAYS = 7;

/** Logistic regression on hour, weekday and thousands of miles. Scores in bins cost time: the metrics are for tests. */
const delayModel = (seed: number, metrics: LayersModelOptions['metrics'] = {}): Model =>
  layersModel(
    () => {
      const width = HOURS + WEEKDAYS + 1;
      return tfl.sequential({
        layers: [tfl.layers.dense({ units: 1, inputShape: [width], kernelInitializer: 'zeros' })],
      });
    },
    {
      name: 'logistic regression',
      example: departure,
      features: ({ hour, weekday, distance }: { readonly [column: string]: tf.Tensor }) =>
        tf.concat(
          [
            tf.oneHot(hour as tf.Tensor1D, HOURS, 1, 0, 'float32'),
            tf.oneHot(weekday as tf.Tensor1D, WEEKDAYS, 1, 0, 'float32'),
            tf.expandDims(tf.div(distance!, 1000), 1),
          ],
          1,
        ),
      loss: sigmoidCrossentropy,
      metrics,
      seed: seedFrom(seed),
    },
  );

export default defineFederation({
  name: 'flights',
  description: 'Departures over 15 minutes late: three million flights of 229 airports',
  options: z.object({
    cohort: z.int().min(1).default(20).describe('airports a round'),
    steps: z.int().min(1).default(50).describe('of an airport in a round'),
    batchSize: z.int().min(1).default(50).describe('flights a step'),
    learningRate: z.number().default(0.1).describe('of the airports’ SGD'),
    dataSeed: z.int().default(0).describe('decides which flights are for tests'),
  }),
  async build({ cohort, steps, batchSize, learningRate, dataSeed }) {
    const { train, test } = await departures(dataSeed);
    const model = delayModel(dataSeed);
    const measured = delayModel(dataSeed, { auc: areaUnderCurve() });
    return {
      process: federatedAveraging({ model, clientOptimizer: sgd({ learningRate }), steps, batchSize }),
      population: train,
      sampler: uniformSampler({ cohortSize: cohort }),
      rounds: 60,
      evaluation: datasetEvaluation({ model: measured, dataset: await test.pooled(), every: 10 }),
      headline: 'evaluation.auc',
    };
  },
});
