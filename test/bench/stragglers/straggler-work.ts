// FedProx with stragglers (Li et al., MLSys 2020, section 5.2): of the ten clients of a round, nine of ten on average
// do 1 to 9 epochs, the others 10. Twice the same training: with epochs that are each client's own, and with ten epochs
// for all, in which the updates after a client's last are masked.
import { localComputation, random, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  type IterativeProcess,
  int32,
  iterativeProcess,
  sequence,
  struct,
} from '@starling/federated-core';
import { fedProx, type GradientRule, type Model, sgd, trainStep } from '@starling/learning';
import type { ModelName } from '../configuration.js';
import { standardModel } from '../work/models.js';

export const VARIANTS = ['own epochs', 'masked steps'] as const;
export type Variant = (typeof VARIANTS)[number];

const EPOCHS = 10;
const STRAGGLERS = 0.9;
const BATCH = 20;
const PROXIMAL = 0.01;
const LEARNING_RATE = 0.03;

/** A client's epochs in a round: int32, from its own seed. */
function drawnEpochs(): tf.Tensor {
  const isStraggler = random.bernoulli([], STRAGGLERS).toBool();
  return tf.where(isStraggler, random.uniform([], 1, EPOCHS).floor(), EPOCHS).toInt();
}

export function stragglerProcess(variant: Variant, model: ModelName): IterativeProcess {
  if (variant === 'masked steps') return maskedProcess(standardModel(model));
  return fedProx({
    model: standardModel(model),
    clientOptimizer: sgd({ learningRate: LEARNING_RATE }),
    batchSize: BATCH,
    proximalStrength: PROXIMAL,
    epochs: drawnEpochs,
  });
}

/**
 * (weights, data, count) → the update of `count` epochs, computed in ten; its weight; the loss of the steps that count.
 */
function maskedWork(model: Model) {
  const parameters = { weights: model.weights, data: sequence(model.example), count: int32() };
  return localComputation(parameters, ({ weights, data, count }) => {
    const examples = sequenceLength(data);
    const initial = {
      weights,
      left: examples.mul(count),
      loss: tf.scalar(0),
      examples: tf.scalar(0),
    };
    const batches = data.shuffle().repeat(EPOCHS).batch(BATCH);
    const end = sequenceReduce(batches, initial, (before, batch, mask) => {
      const active = before.left.greater(0).toFloat();
      // A rate of 0 is the cheapest mask that there is: it costs one product a step.
      const optimizer = sgd({ learningRate: active.mul(LEARNING_RATE) });
      const rule: GradientRule = (gradients, at) =>
        Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => {
            const pull = at[name]!.sub(weights[name] as tf.Tensor).mul(PROXIMAL);
            return [name, gradient.add(pull)];
          }),
        );
      const state = { weights: before.weights, optimizer: {} };
      const { state: after, pass } = trainStep({
        model,
        optimizer,
        state,
        batch: batch as never,
        mask,
        rule,
      });
      const counted = mask.mul(active);
      return {
        weights: after.weights,
        left: before.left.sub(mask.sum().toInt()),
        loss: before.loss.add(pass.losses.mul(counted).sum()),
        examples: before.examples.add(counted.sum()),
      };
    });
    const update = Object.entries(end.weights).map(
      ([name, weight]) => [name, weight.sub(weights[name] as tf.Tensor)] as const,
    );
    return {
      update: Object.fromEntries(update),
      weight: examples.toFloat(),
      totals: { loss: end.loss, examples: end.examples },
    };
  });
}

function maskedProcess(model: Model): IterativeProcess {
  const counting = localComputation({ round: int32() }, drawnEpochs, { result: int32() });
  const work = maskedWork(model);
  const add = localComputation({ weights: model.weights, update: model.weights }, ({ weights, update }) =>
    Object.fromEntries(
      Object.entries(weights).map(([name, weight]) => [name, weight.add(update[name] as tf.Tensor)]),
    ),
  );
  const nextRound = localComputation(int32(), (round) => round.add(tf.scalar(1, 'int32')));
  const initialize = federatedComputation(null, () =>
    federatedZip({
      model: federatedValue(model.initialWeights, 'SERVER', model.weights),
      round: federatedValue(0, 'SERVER', int32()),
    }),
  );
  const next = federatedComputation(
    {
      state: atServer(struct({ model: model.weights, round: int32() })),
      data: atClients(sequence(model.example)),
    },
    ({ state, data }) => {
      const weights = field(state, 'model');
      const round = field(state, 'round');
      const count = federatedMap(counting, { round: federatedBroadcast(round) });
      const report = federatedMap(work, { weights: federatedBroadcast(weights), data, count });
      const update = federatedMean(field(report, 'update'), { weight: field(report, 'weight') });
      return {
        state: federatedZip({
          model: federatedMap(add, { weights, update }),
          round: federatedMap(nextRound, round),
        }),
        metrics: federatedSum(field(report, 'totals')),
      };
    },
  );
  return iterativeProcess({ initialize, next });
}
