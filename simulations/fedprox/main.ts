// FedProx on MNIST with stragglers: the experiment of Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated
// Optimization in Heterogeneous Networks", MLSys 2020, section 5.2 (Figure 1, 90 % stragglers): 1,000 clients of two
// digits each, of which federated averaging drops those that are too slow, and FedProx takes what they have.
import { random, tf, tfl } from '@starling/compute';
import { mnist, mnistExample } from '@starling/datasets';
import { deriveSeed, seedFrom, type Tensor } from '@starling/federated-core';
import {
  accuracy,
  datasetEvaluation,
  federatedAveraging,
  fedProx,
  layersModel,
  sgd,
  softmaxCrossentropy,
} from '@starling/learning';
import { partitionedPopulation, takeRows, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';
import { twoDigitClients } from './two-digit-clients.js';

const EPOCHS = 10;
/** Mean and standard deviation of all pixels, as shares of full ink. */
const INK = { mean: 0.1307, stddev: 0.3081 };

export default defineFederation({
  name: 'fedprox',
  description: 'FedProx and federated averaging on MNIST, where nine of ten clients are stragglers',
  options: z.object({
    algorithm: z.enum(['fedprox', 'fedavg']).default('fedprox').describe('fedavg drops stragglers'),
    mu: z.number().default(2).describe('strength of the proximal term of fedprox'),
    clients: z.int().min(10).default(1000),
    cohort: z.int().min(1).default(10).describe('clients a round'),
    stragglers: z.number().min(0).max(1).default(0.9).describe('share of clients that do 1 to 9 epochs'),
    learningRate: z.number().default(0.03).describe('of the clients’ SGD'),
    batchSize: z.int().default(10).describe('examples a step'),
    dataSeed: z.int().default(0).describe('decides who holds what'),
  }),
  build({ algorithm, mu, clients, cohort, stragglers, learningRate, batchSize, dataSeed }) {
    const { train } = mnist();
    const seed = seedFrom(dataSeed);
    const { y } = train.columns as { readonly y: Tensor<'int32'> };
    const parts = twoDigitClients(y.data, clients, deriveSeed(seed, 'two-digit-clients'));
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
        features: ({ x }: { readonly x: tf.Tensor }) =>
          tf.div(tf.sub(tf.div(tf.cast(x, 'float32'), 255), INK.mean), INK.stddev),
        loss: softmaxCrossentropy,
        metrics: { accuracy },
      },
    );
    const training = { model, clientOptimizer: sgd({ learningRate }), batchSize } as const;
    const held = Int32Array.from(parts.flatMap(({ test }) => [...test]));
    return {
      process:
        algorithm === 'fedavg'
          ? federatedAveraging({ ...training, epochs: EPOCHS })
          : fedProx({ ...training, epochs: () => drawnEpochs(stragglers), proximalStrength: mu }),
      population: partitionedPopulation({
        name: 'fedprox',
        dataset: train,
        element: mnistExample,
        partitioner: { name: 'two digits', clients, partition: () => parts.map((part) => part.train) },
        seed,
      }),
      // To draw a cohort and drop some of it, drawn as well, is to draw a smaller one.
      sampler: uniformSampler({
        cohortSize: algorithm === 'fedavg' ? Math.max(1, Math.round(cohort * (1 - stragglers))) : cohort,
      }),
      rounds: 100,
      evaluation: datasetEvaluation({
        model,
        dataset: takeRows(train, { element: mnistExample, indices: held }),
      }),
      headline: 'evaluation.accuracy',
    };
  },
});

/** A client's epochs in a round: int32, from its own seed. */
function drawnEpochs(stragglers: number): tf.Tensor {
  if (stragglers === 0) return tf.scalar(EPOCHS, 'int32');
  const isStraggler = random.bernoulli([], stragglers).toBool();
  return tf.where(isStraggler, random.uniform([], 1, EPOCHS).floor(), EPOCHS).toInt();
}
