// Every algorithm of the learning room on tiny data, for tests that hold all of them to something.
import { tf, tfl } from '@starling/compute';
import {
  deriveSeed,
  float32,
  generator,
  type IterativeProcess,
  int32,
  type Seed,
  type StructType,
  seedFrom,
  sequence,
  struct,
  tensor,
  toValue,
} from '@starling/federated-core';
import * as learning from '@starling/learning';
import { type Population, populationOf } from '@starling/population';

const example = struct({ x: float32(4), y: float32() });
/** The same of one of two groups. */
const groupExample = struct({ x: float32(4), y: float32(), group: int32() });
/** Clients of an algorithm that trains: examples, and for those that ask for it a domain of two. */
const types = {
  data: struct({ data: sequence(example) }),
  domain: struct({ data: sequence(example), domain: int32() }),
  groups: struct({ data: sequence(groupExample) }),
  points: struct({ data: sequence(float32(4)) }),
} satisfies Record<string, StructType>;

/** A linear model of `size` weights for the four numbers of an example, of which all but four stay what they are. */
export function linearModel(size = 4): learning.Model<'w'> {
  return learning.functionModel({
    name: 'linear',
    example,
    initialWeights: { w: tensor('float32', [size], new Float32Array(size)) },
    loss: ({ w }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) => {
      const outputs = tf.sum(tf.mul(x, tf.slice(w, 0, 4)), 1);
      return tf.div(tf.square(tf.sub(outputs, y)), 2);
    },
  });
}

/** The model for examples of groups, which gives its outputs. */
const grouped = (model: learning.Model<'w'>): learning.Model<'w'> => ({
  ...model,
  example: groupExample,
  outputs: ({ w }, batch) => tf.sum(tf.mul((batch as { readonly x: tf.Tensor }).x, tf.slice(w!, 0, 4)), 1),
});

/** Of the model's weights and a number that is added to its outputs. */
const withOffset = (model: learning.Model<'w'>): learning.Model =>
  learning.functionModel({
    name: 'linear with an offset',
    example,
    initialWeights: { w: model.initialWeights.w, b: tensor('float32', [], Float32Array.of(0)) },
    loss: ({ w, b }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) => {
      const outputs = tf.add(tf.sum(tf.mul(x, tf.slice(w!, 0, 4)), 1), b!);
      return tf.div(tf.square(tf.sub(outputs, y)), 2);
    },
  });

/** Layers with as many weights as the model has after a batch normalisation. */
const normalized = (model: learning.Model<'w'>): learning.Model => {
  const units = model.initialWeights.w.data.length / 4;
  const { batchNormalization, dense } = tfl.layers;
  const layers = () => [batchNormalization({ inputShape: [4] }), dense({ units, useBias: false })];
  return learning.layersModel(() => tfl.sequential({ layers: layers() }), {
    name: 'normalized',
    example,
    loss: (labels, outputs) => tf.square(tf.sub(labels, tf.mean(outputs, 1))),
  });
};

const start = tensor(
  'float32',
  [2, 4],
  Float32Array.from({ length: 8 }, (_, at) => Math.cos(at)),
);
const { sgd } = learning;
const clientOptimizer = sgd({ learningRate: 0.05 });
const training = { clientOptimizer, batchSize: 3, epochs: 2 } as const;

export interface AlgorithmCase {
  readonly held: keyof typeof types;
  /** Of a model with so many weights; the centroids of k-means have eight. */
  readonly make: (model?: learning.Model<'w'>) => IterativeProcess;
}

const of = (
  make: (options: { readonly model: learning.Model<'w'> } & typeof training) => IterativeProcess,
): AlgorithmCase => ({ held: 'data', make: (model = linearModel()) => make({ model, ...training }) });

/** By the names that users write; a test holds that none is missing. */
export const algorithms: Readonly<Record<string, AlgorithmCase>> = {
  federatedAveraging: of(learning.federatedAveraging),
  federatedSgd: of(({ model }) => learning.federatedSgd({ model, optimizer: sgd({ learningRate: 0.1 }) })),
  fedProx: of((options) => learning.fedProx({ ...options, proximalStrength: 0.1 })),
  fedOpt: of((options) => learning.fedOpt({ ...options, serverOptimizer: learning.adam() })),
  fedAvgM: of(learning.fedAvgM),
  fedAdagrad: of((options) => learning.fedAdagrad({ ...options, serverLearningRate: 0.1 })),
  fedAdam: of((options) => learning.fedAdam({ ...options, serverLearningRate: 0.1 })),
  fedYogi: of((options) => learning.fedYogi({ ...options, serverLearningRate: 0.1 })),
  fedBuff: of(learning.fedBuff),
  scaffold: of(({ model, batchSize, epochs }) =>
    learning.scaffold({ model, batchSize, epochs, clients: 6, clientLearningRate: 0.05 }),
  ),
  ditto: of((options) => learning.ditto({ ...options, personalLearningRate: 0.05, personalStrength: 0.1 })),
  fedPer: of((options) => learning.fedPer({ ...options, model: withOffset(options.model), personal: ['b'] })),
  fedBN: of((options) => learning.fedBN({ ...options, model: normalized(options.model) })),
  fedNova: of(({ model, batchSize, epochs }) =>
    learning.fedNova({ model, batchSize, epochs, learningRate: 0.05, momentum: 0.5 }),
  ),
  qFedAvg: of(({ model, batchSize, epochs }) =>
    learning.qFedAvg({ model, batchSize, epochs, learningRate: 0.05, q: 1 }),
  ),
  afl: {
    held: 'domain',
    make: (model = linearModel()) => learning.afl({ model, ...training, domains: 2, mixtureStep: 0.1 }),
  },
  fedMinMax: {
    held: 'groups',
    make: (model = linearModel()) =>
      learning.fedMinMax({ model: grouped(model), ...training, by: { group: [0, 1] }, mixtureStep: 0.1 }),
  },
  fairFed: {
    held: 'groups',
    make: (model = linearModel()) =>
      learning.fairFed({
        model: grouped(model),
        ...training,
        by: { group: [0, 1] },
        fairnessStep: 0.5,
        among: 'all',
      }),
  },
  minDiff: {
    held: 'groups',
    make: (model = linearModel()) =>
      learning.minDiff({
        model: grouped(model),
        ...training,
        by: { group: [0, 1] },
        strength: 1,
        among: 'all',
      }),
  },
  federatedKMeans: {
    held: 'points',
    make: () =>
      learning.federatedKMeans({
        model: learning.kMeansModel({ example: float32(4), initialCentroids: start }),
        batchSize: 3,
      }),
  },
};

/** Ten clients with none to nine examples of what the algorithm takes. */
export function clientsOf({ held }: AlgorithmCase, seed: Seed = seedFrom(3)): Population {
  const clients = Array.from({ length: 10 }, (_, client) => {
    const random = generator(deriveSeed(seed, 'client', String(client)));
    const points = Array.from({ length: client }, () => Array.from({ length: 4 }, () => random.normal()));
    const examples = points.map((x, at) => ({
      x,
      y: x[0]! - 2 * x[1]! + 0.1 * random.normal(),
      ...(held === 'groups' && { group: at % 2 }),
    }));
    const value = { data: held === 'points' ? points : examples, domain: client % 2 };
    const { [held]: type } = types;
    const fields = Object.keys(type.elements) as ('data' | 'domain')[];
    return toValue(type, Object.fromEntries(fields.map((field) => [field, value[field]])));
  });
  return populationOf(clients, types[held]);
}
