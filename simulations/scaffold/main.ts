// SCAFFOLD where each client knows one digit: the setting of Karimireddy, Kale, Mohri, Reddi, Stich, Suresh, "SCAFFOLD:
// Stochastic Controlled Averaging for Federated Learning", ICML 2020, section 7, at its hardest (0 % similarity), on
// MNIST: the images sorted by digit and cut into equal parts, a fifth of the clients a round, each for five epochs.
import { tf, tfl } from '@starling/compute';
import { mnist, mnistExample } from '@starling/datasets';
import { seedFrom } from '@starling/federated-core';
import {
  accuracy,
  datasetEvaluation,
  federatedAveraging,
  layersModel,
  scaffold,
  sgd,
  softmaxCrossentropy,
} from '@starling/learning';
import { partitionedPopulation, shardPartition, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

export default defineFederation({
  name: 'scaffold',
  description: 'SCAFFOLD and federated averaging on MNIST, where each client knows one digit',
  options: z.object({
    algorithm: z.enum(['scaffold', 'fedavg']).default('scaffold').describe('fedavg keeps no controls'),
    control: z.enum(['difference', 'gradient']).default('difference').describe('option II or I of the paper'),
    clients: z.int().min(10).default(100),
    cohort: z.int().min(1).default(20).describe('clients a round'),
    epochs: z.int().min(1).default(5).describe('of a client in a round'),
    learningRate: z.number().default(0.1).describe('of the clients’ SGD'),
    batchSize: z.int().default(120).describe('examples a step: a fifth of what a client holds'),
  }),
  build({ algorithm, control, clients, cohort, epochs, learningRate, batchSize }) {
    const { train, test } = mnist();
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [
            tfl.layers.flatten({ inputShape: [28, 28] }),
            tfl.layers.dense({ units: 10, kernelInitializer: 'zeros' }),
          ],
        }),
      {
        name: 'logistic regression',
        example: mnistExample,
        features: ({ x }: { readonly x: tf.Tensor }) => tf.div(tf.cast(x, 'float32'), 255),
        loss: softmaxCrossentropy,
        metrics: { accuracy },
      },
    );
    const training = { model, epochs, batchSize } as const;
    return {
      process:
        algorithm === 'fedavg'
          ? federatedAveraging({ ...training, clientOptimizer: sgd({ learningRate }) })
          : scaffold({ ...training, clients, clientLearningRate: learningRate, control }),
      population: partitionedPopulation({
        name: 'one digit a client',
        dataset: train,
        element: mnistExample,
        partitioner: shardPartition({ clients, shardsPerClient: 1 }),
        seed: seedFrom(0),
      }),
      sampler: uniformSampler({ cohortSize: cohort }),
      rounds: 40,
      evaluation: datasetEvaluation({ model, dataset: test }),
      headline: 'evaluation.accuracy',
    };
  },
});
