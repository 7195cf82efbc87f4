// The same written out, as one would whose algorithm no library has: SCAFFOLD (Karimireddy et al., ICML 2020, Algorithm
// 1, option II) of tensors and intrinsics alone. A model is one tensor: a row for each pixel, and one for the bias.
import { localComputation, sequenceReduce, tf } from '@starling/compute';
import { mnist, mnistExample } from '@starling/datasets';
import * as fc from '@starling/federated-core';
import { partitionedPopulation, shardPartition, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const [CLIENTS, COHORT, EPOCHS, BATCH, RATE] = [100, 20, 5, 120, 0.1];
const model = fc.float32(785, 10);
const zeros = new Float32Array(7850);
const state = fc.struct({ model, control: model });
const examples = fc.sequence(mnistExample);

function scores(w: tf.Tensor, images: tf.Tensor): tf.Tensor {
  const pixels = tf.div(tf.cast(tf.reshape(images, [-1, 784]), 'float32'), 255);
  return tf.add(tf.matMul(pixels, tf.slice(w, [0, 0], [784, 10])), tf.slice(w, [784, 0], [1, 10]));
}

const train = localComputation(
  { x: model, c: model, own: model, data: examples },
  ({ x, c, own, data }) => {
    const start = { y: x as tf.Tensor, steps: tf.scalar(0) as tf.Tensor };
    const batches = data.shuffle().repeat(EPOCHS).batch(BATCH);
    const { y, steps } = sequenceReduce(batches, start, ({ y, steps }, batch, mask) => {
      const loss = (w: tf.Tensor): tf.Scalar => {
        const labels = tf.oneHot(tf.cast(batch.y, 'int32'), 10);
        const logs = tf.sum(tf.mul(labels, tf.logSoftmax(scores(w, batch.x))), -1);
        return tf.neg(tf.div(tf.sum(tf.mul(logs, mask)), tf.sum(mask)));
      };
      const gradient = tf.grad(loss)(y);
      return { y: tf.sub(y, tf.mul(RATE, tf.add(tf.sub(gradient, own), c))), steps: tf.add(steps, 1) };
    });
    const renewed = tf.add(tf.sub(own, c), tf.div(tf.sub(x, y), tf.mul(steps, RATE)));
    return { moved: tf.sub(y, x), shifted: tf.sub(renewed, own), own: renewed };
  },
  { result: fc.struct({ moved: model, shifted: model, own: model }) },
);
const move = localComputation(
  { before: state, moved: model, shifted: model },
  ({ before: { model: x, control: c }, moved, shifted }) => ({
    model: tf.add(x, moved),
    control: tf.add(c, tf.mul(shifted, COHORT / CLIENTS)),
  }),
  { result: state },
);
const next = fc.federatedComputation(
  { state: fc.atServer(state), clientState: fc.atClients(model), data: fc.atClients(examples) },
  ({ state: before, clientState, data }) => {
    const x = fc.federatedBroadcast(fc.field(before, 'model'));
    const c = fc.federatedBroadcast(fc.field(before, 'control'));
    const trained = fc.federatedMap(train, { x, c, own: clientState, data });
    const moved = fc.federatedMean(fc.field(trained, 'moved'));
    const shifted = fc.federatedMean(fc.field(trained, 'shifted'));
    const after = fc.federatedMap(move, { before, moved, shifted });
    return { state: after, clientState: fc.field(trained, 'own'), metrics: {} };
  },
);
const scaffold = fc.iterativeProcess({
  initialize: fc.federatedComputation(null, () =>
    fc.federatedValue({ model: zeros, control: zeros }, 'SERVER', state),
  ),
  initializeClient: fc.federatedComputation(null, () => fc.federatedValue(zeros, 'CLIENTS', model)),
  next,
});
/** Of images from 0 to 255, and their digits. */
const accuracyOf = localComputation(
  { w: model, x: fc.uint8(10_000, 28, 28), y: fc.int32(10_000) },
  ({ w, x, y }) => tf.mean(tf.cast(tf.equal(tf.argMax(scores(w, x), -1), y), 'float32')),
);

export default defineFederation({
  name: 'scaffold-by-hand',
  description: 'SCAFFOLD, written out, on MNIST, where each client knows one digit',
  options: z.object({}),
  build() {
    const { train: dataset, test } = mnist();
    const { x, y } = test.columns as Readonly<Record<string, fc.Tensor>>;
    const partitioner = shardPartition({ clients: CLIENTS, shardsPerClient: 1 });
    const data = { name: 'one digit a client', dataset, element: mnistExample, partitioner };
    return {
      process: scaffold,
      population: partitionedPopulation({ ...data, seed: fc.seedFrom(0) }),
      sampler: uniformSampler({ cohortSize: COHORT }),
      rounds: 30,
      evaluation: {
        every: 1,
        async run(reached: fc.ValueOf<typeof state>, _round: number, local: fc.LocalRunner) {
          const [accuracy] = await local(accuracyOf, [reached.model, x!, y!], fc.seedFrom(0));
          return { accuracy: Number(accuracy!.data[0]) };
        },
      },
      headline: 'evaluation.accuracy',
    };
  },
});
