// Federated averaging on MNIST: the experiment of McMahan, Moore, Ramage, Hampson, Agüera y Arcas,
// "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3: 100 clients,
// independent and identically distributed or with two shards of one digit each.
import {
  type Aggregator,
  boundedMean,
  centredClipping,
  clientMomentum,
  compressionAggregator,
  coordinateMedian,
  geometricMedian,
  krum,
  meanAggregator,
  multiKrum,
  robustAggregator,
  topKSum,
  trimmedMean,
} from '@starling/aggregators';
import { tf, tfl } from '@starling/compute';
import { mnist, mnistExample } from '@starling/datasets';
import { deriveSeed, seedFrom } from '@starling/federated-core';
import {
  type Attack,
  accuracy,
  attackedWork,
  datasetEvaluation,
  evaluationByClient,
  fedBuff,
  federatedEvaluation,
  fedOpt,
  gaussianAttack,
  innerProductManipulation,
  type LearningProcess,
  layersModel,
  learningProcess,
  littleIsEnough,
  type Model,
  modelReplacement,
  optimizerFinalizer,
  qFedAvg,
  sgd,
  signFlip,
  softmaxCrossentropy,
  trainingWork,
} from '@starling/learning';
import {
  attackedPopulation,
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

/**
 * How updates become one, by the word that `--set aggregator=…` takes; each is told which share may lie, how long an
 * update may be, and how much of its updates a client keeps.
 */
const aggregators = {
  mean: () => meanAggregator(),
  clipped: () => robustAggregator(),
  compressed: () => compressionAggregator(),
  'top-k': () => meanAggregator({ valueSum: topKSum({ share: 0.01 }) }),
  median: () => coordinateMedian(),
  'trimmed-mean': (share) => trimmedMean({ share: Math.min(share, 0.45) }),
  krum: (share) => krum({ faultyShare: Math.min(share, 0.45) }),
  'multi-krum': (share) => multiKrum({ faultyShare: Math.min(share, 0.45) }),
  'geometric-median': () => geometricMedian(),
  'bounded-mean': (_, norm) => boundedMean({ norm }),
  'centred-clipping': (_, norm) => centredClipping({ norm }),
  'centred-clipping-momentum': (_, norm, momentum) => clientMomentum(centredClipping({ norm }), { momentum }),
} satisfies Record<string, (share: number, norm: number, momentum: number) => Aggregator>;

/** What liars do to their updates, by the word that `--set attack=…` takes; null for nothing. */
const attacks = {
  none: () => null,
  'sign-flip': () => signFlip({ scale: 10 }),
  'label-flip': () => null,
  gaussian: () => gaussianAttack({ stddev: 1 }),
  alie: () => littleIsEnough(),
  ipm: () => innerProductManipulation({ scale: 10 }),
  'model-replacement': (cohort) => modelReplacement({ boost: cohort }),
} satisfies Record<string, (cohort: number) => Attack | null>;

/** Of whose clients some flip their labels. */
const FLIPS_LABELS: readonly (keyof typeof attacks)[] = ['label-flip', 'model-replacement'];

interface Cut {
  readonly clients: number;
  readonly concentration: number;
}

/** Each client by itself is revealing; how they are spread, by sums, is not. */
const evaluationOnClients = (model: Model, evaluateOn: string) =>
  evaluateOn === 'each'
    ? evaluationByClient({ model })
    : federatedEvaluation({ model, distribution: { accuracy: { from: 0, to: 1, bins: 100 } } });

interface Learned {
  readonly rounds: 'synchronous' | 'asynchronous';
  readonly algorithm: 'average' | 'qfair';
  readonly q: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly cohort: number;
  readonly aggregator: keyof typeof aggregators;
  readonly norm: number;
  readonly momentum: number;
  readonly serverLearningRate: number;
  readonly attack: keyof typeof attacks;
  readonly attackers: number;
}

/** Federated averaging, of whose clients some may lie, its fair kin, or that of rounds that do not wait. */
function processOf(model: Model, options: Learned): LearningProcess {
  const { epochs, batchSize, cohort, serverLearningRate } = options;
  const optimizer = sgd({ learningRate: options.learningRate });
  const aggregator = aggregators[options.aggregator](options.attackers, options.norm, options.momentum);
  const attack = attacks[options.attack](cohort);
  if (options.rounds === 'asynchronous') {
    if (options.algorithm === 'average' && options.aggregator === 'mean' && attack === null) {
      return fedBuff({ model, clientOptimizer: optimizer, serverLearningRate, epochs, batchSize });
    }
    throw new RangeError(
      `Cannot train asynchronously: need the algorithm average, the aggregator mean and no attack, got ${options.algorithm}, ${options.aggregator} and ${options.attack}`,
    );
  }
  if (options.algorithm === 'qfair') {
    if (serverLearningRate !== 1) {
      throw new RangeError(
        `Cannot train by qfair: need a server that goes all the way, got serverLearningRate ${serverLearningRate}`,
      );
    }
    if (attack === null && options.aggregator === 'mean') {
      return qFedAvg({ model, q: options.q, learningRate: options.learningRate, epochs, batchSize });
    }
    throw new RangeError(
      `Cannot train by qfair: need the aggregator mean and no attack on updates, got ${options.aggregator} and ${options.attack}`,
    );
  }
  // At a rate of 1 it is `federatedAveraging`.
  const serverOptimizer = sgd({ learningRate: serverLearningRate });
  if (attack === null) {
    return fedOpt({ model, clientOptimizer: optimizer, serverOptimizer, epochs, batchSize, aggregator });
  }
  const work = trainingWork({ optimizer, epochs, batchSize });
  const clientWork = attackedWork({ work, attack });
  return learningProcess({ model, clientWork, aggregator, finalizer: optimizerFinalizer(serverOptimizer) });
}

/** The names of a table, for a setting. */
function wordsOf<W extends string>(table: Readonly<Record<W, unknown>>): readonly [W, ...W[]] {
  return Object.keys(table) as [W, ...W[]];
}

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
    cohort: z
      .int()
      .default(10)
      .describe('clients a round; of asynchronous rounds, clients that are drawn at once'),
    rounds: z
      .enum(['synchronous', 'asynchronous'])
      .default('synchronous')
      .describe('whether a round waits for its cohort, or takes the first reports that come (FedBuff)'),
    buffer: z.int().default(10).describe('of asynchronous rounds: reports a round'),
    concurrency: z.int().default(100).describe('of asynchronous rounds: clients at work at any time'),
    epochs: z.int().default(1).describe('passes over a client’s examples in a round'),
    batchSize: z.int().default(10).describe('examples a step'),
    learningRate: z.number().default(0.1).describe('of the clients’ SGD'),
    algorithm: z.enum(['average', 'qfair']).default('average').describe('federated averaging, or q-FedAvg'),
    q: z.number().default(1).describe('of qfair: how much more a client with a large loss counts'),
    evaluateEvery: z.int().default(1).describe('rounds from one test to the next'),
    evaluateOn: z
      .enum(['test', 'clients', 'each', 'training'])
      .default('test')
      .describe('the test set; clients held out of training; these, each by itself; or those that train'),
    heldOut: z.number().default(0.2).describe('share of the clients that are held out, for clients and each'),
    aggregator: z.enum(wordsOf(aggregators)).default('mean').describe('how updates become one'),
    norm: z.number().default(1).describe('of bounded-mean and both centred-clippings: the greatest length'),
    momentum: z
      .number()
      .default(0.9)
      .describe('of centred-clipping-momentum: how much of what it sent a client keeps'),
    serverLearningRate: z.number().default(1).describe('how far the server follows what updates become'),
    attack: z.enum(wordsOf(attacks)).default('none').describe('what some of the clients do to their updates'),
    attackers: z.number().default(0.2).describe('share of the clients that attack, if there is an attack'),
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
    const honest = partitionedPopulation({
      name: 'mnist',
      dataset: train,
      element: mnistExample,
      partitioner: partitioners[options.partition](options),
      seed,
    });
    const { attack, attackers, evaluateOn, evaluateEvery: every, patience } = options;
    const flips = FLIPS_LABELS.includes(attack) ? { flipLabels: { classes: 10 } } : {};
    const population =
      attack === 'none'
        ? honest
        : attackedPopulation({ population: honest, share: attackers, seed, ...flips });
    const split = { testShare: options.heldOut, seed };
    const isHeldOut = evaluateOn === 'clients' || evaluateOn === 'each';
    const parts = isHeldOut ? splitPopulation(population, split) : { train: population, test: undefined };
    return {
      process: processOf(model, options),
      population: parts.train,
      sampler: uniformSampler({ cohortSize: options.cohort }),
      ...(options.rounds === 'asynchronous' && {
        asynchronous: { buffer: options.buffer, concurrency: options.concurrency },
      }),
      rounds: 100,
      evaluation:
        evaluateOn === 'test'
          ? datasetEvaluation({ model, dataset: test, every })
          : {
              every,
              computation: evaluationOnClients(model, evaluateOn),
              ...(parts.test !== undefined && { population: parts.test }),
            },
      ...(patience > 0 && { best: { metric: 'evaluation.loss', goal: 'lowest', patience } as const }),
      headline: 'evaluation.accuracy',
    };
  },
});
