// Federated averaging on MNIST: the experiment of McMahan, Moore, Ramage, Hampson, Agüera y Arcas,
// "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3: 100 clients,
// independent and identically distributed or with two shards of one digit each.
import { tf, tfl } from '@starling/compute';
import { mnist, mnistExample } from '@starling/datasets';
import { deriveSeed, seedFrom } from '@starling/federated-core';
import {
  accuracy,
  datasetEvaluation,
  evaluationByClient,
  federatedAveraging,
  federatedEvaluation,
  layersModel,
  type Model,
  qFedAvg,
  sgd,
  softmaxCrossentropy,
} from '@starling/learning';
import {
  dirichletPartition,
  iidPartition,
  partitionedPopulation,
  shardPartition,
  splitPopulation,
  uniformSampler,
} from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const { conv2d, dense, flatten, maxPooling2d, reshape } = tfl.layers;

const architectures = {
  /** Softmax regression: 7,850 weights. */
  logistic: () => [flatten({ inputShape: [28, 28] }), dense({ units: 10 })],
  /** The paper's 2NN: 199,210 weights. */
  '2nn': () => [
    flatten({ inputShape: [28, 28] }),
    dense({ units: 200, activation: 'relu' }),
    dense({ units: 200, activation: 'relu' }),
    dense({ units: 10 }),
  ],
  /** The paper's CNN: 1,663,370 weights. */
  cnn: () => [
    reshape({ targetShape: [28, 28, 1], inputShape: [28, 28] }),
    conv2d({ filters: 32, kernelSize: 5, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 5, padding: 'same', activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 512, activation: 'relu' }),
    dense({ units: 10 }),
  ],
} satisfies Record<string, () => tfl.layers.Layer[]>;

/** How the digits are dealt, by the word that `--set partition=…` takes. */
const partitioners = {
  iid: ({ clients }: Cut) => iidPartition({ clients }),
  shards: ({ clients }: Cut) => shardPartition({ clients }),
  dirichlet: ({ clients, concentration }: Cut) => dirichletPartition({ clients, concentration }),
};

interface Cut {
  readonly clients: number;
  readonly concentration: number;
}

/** Each client by itself is revealing; how they are spread, by sums, is not. */
const evaluationOnClients = (model: Model, evaluateOn: string) =>
  evaluateOn === 'each'
    ? evaluationByClient({ model })
    : federatedEvaluation({ model, distribution: { accuracy: { from: 0, to: 1, bins: 100 } } });

export default defineFederation({
  name: 'mnist',
  description: 'Federated averaging on handwritten digits, IID or two shards a client',
  options: z.object({
    model: z.enum(['2nn', 'cnn', 'logistic']).default('2nn').describe('the architecture'),
    partition: z
      .enum(['iid', 'shards', 'dirichlet'])
      .default('iid')
      .describe('how the digits are dealt to clients'),
    concentration: z.number().default(0.5).describe('of the mixes of labels, for dirichlet'),
    clients: z.int().default(100),
    cohort: z.int().default(10).describe('clients a round'),
    epochs: z.int().default(1).describe('passes over a client’s examples in a round'),
    batchSize: z.int().default(10).describe('examples a step'),
    learningRate: z.number().default(0.1).describe('of the clients’ SGD'),
    algorithm: z.enum(['average', 'qfair']).default('average').describe('federated averaging, or q-FedAvg'),
    q: z.number().default(1).describe('of qfair: how much more a client with a large loss counts'),
    evaluateEvery: z.int().default(1).describe('rounds from one test to the next'),
    evaluateOn: z
      .enum(['test', 'clients', 'each'])
      .default('test')
      .describe('the test set; clients held out of training; or these, each by itself'),
    heldOut: z.number().default(0.2).describe('share of the clients that are held out, for clients and each'),
    patience: z.int().default(0).describe('stop after so many tests without a better loss; 0: never'),
    dataSeed: z.int().default(0).describe('decides the partition and the initial weights'),
  }),
  build(options) {
    const { train, test } = mnist();
    const seed = seedFrom(options.dataSeed);
    const model = layersModel(() => tfl.sequential({ layers: architectures[options.model]() }), {
      name: options.model,
      example: mnistExample,
      features: ({ x }: { readonly x: tf.Tensor }) => tf.div(tf.cast(x, 'float32'), 255),
      loss: softmaxCrossentropy,
      metrics: { accuracy },
      seed: deriveSeed(seed, 'initial-weights'),
    });
    const population = partitionedPopulation({
      name: 'mnist',
      dataset: train,
      element: mnistExample,
      partitioner: partitioners[options.partition](options),
      seed,
    });
    const { evaluateOn, evaluateEvery: every, patience } = options;
    const split = { testShare: options.heldOut, seed };
    const parts = evaluateOn === 'test' ? { train: population } : splitPopulation(population, split);
    const training = { epochs: options.epochs, batchSize: options.batchSize };
    return {
      process:
        options.algorithm === 'qfair'
          ? qFedAvg({ model, q: options.q, learningRate: options.learningRate, ...training })
          : federatedAveraging({
              model,
              clientOptimizer: sgd({ learningRate: options.learningRate }),
              ...training,
            }),
      population: parts.train,
      sampler: uniformSampler({ cohortSize: options.cohort }),
      rounds: 100,
      evaluation:
        'test' in parts
          ? { every, computation: evaluationOnClients(model, evaluateOn), population: parts.test }
          : datasetEvaluation({ model, dataset: test, every }),
      ...(patience > 0 && { best: { metric: 'evaluation.loss', goal: 'lowest', patience } as const }),
      headline: 'evaluation.accuracy',
    };
  },
});
