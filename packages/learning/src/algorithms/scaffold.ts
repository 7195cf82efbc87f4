// SCAFFOLD: Karimireddy, Kale, Mohri, Reddi, Stich, Suresh, "SCAFFOLD: Stochastic Controlled Averaging for Federated
// Learning", ICML 2020, Algorithm 1: each client keeps a control variate c_i, an estimate of its own gradient, the
// server one of the mean gradient, c, and clients take their drift away from each step. With K steps, and the cohort S
// of N clients:
//
//   each step:    y ← y − η_l (g_i(y) − c_i + c)
//   option I:     c_i⁺ = g_i(x), the gradient of all its examples
//   option II:    c_i⁺ = c_i − c + (x − y) / (K η_l)
//   the server:   x ← x + η_g mean(y − x),  c ← c + |S| / N mean(c_i⁺ − c_i)
//
// c_i stays with its client: the server has no table of N of them. The drift c − c_i is trained as the gradient of a
// linear penalty, (c − c_i) · y.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
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
  float32,
  iterativeProcess,
  type KeepingProcess,
  sequence,
  struct,
} from '@starling/federated-core';
import { checkOptions, count, kinds, numberWithin, oneOf, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { sgd } from '../optimizers/sgd.js';
import { nonNegative } from '../options/option-ranges.js';
import { mapTensors, pickTensors } from '../tensors/tensors.js';
import { localTraining } from '../work/local-training.js';
import { meansWork } from '../work/means-work.js';
import { namesOf, pushed, pushes, trainedTypes, zeroTrained } from '../work/pushed-model.js';
import { type ClientTraining, TRAINING } from './algorithm-options.js';

export interface ScaffoldOptions<W extends string = string> extends Omit<ClientTraining, 'weighting'> {
  readonly model: Model<W>;
  /** N: clients of the population, of which the mean control is one. */
  readonly clients: number;
  /** η_l, of the clients' SGD: above 0. */
  readonly clientLearningRate: number;
  /** η_g; 1 by default. */
  readonly serverLearningRate?: number;
  /**
   * How a client's control is made anew: of what its training came to (`difference`, option II, the default), or by one
   * more pass over its examples (`gradient`, option I).
   */
  readonly control?: 'difference' | 'gradient';
  /** See `CommonOptions`; a client whose own control holds a NaN or an infinity is rejected, too. Default: true. */
  readonly finiteState?: boolean;
}

/**
 * The process whose clients hold `{ data }`, a sequence of the model's examples, and keep their control. Its state is
 * `{ model, control }`; its metrics are the loss and the metrics of the model while training, and `examples`. Clients
 * count alike, and one without examples not at all.
 */
export function scaffold<W extends string>(
  options: ScaffoldOptions<W>,
): KeepingProcess & { readonly model: Model<W> } {
  const ACTION = 'Cannot train by SCAFFOLD';
  checkOptions<object>(ACTION, options, {
    ...TRAINING,
    model: required(modelKind),
    clients: required(count),
    clientLearningRate: required(numberWithin({ above: 0, float32: true })),
    serverLearningRate: nonNegative,
    control: oneOf('difference', 'gradient'),
    finiteState: kinds.flag,
  });
  const { clients, clientLearningRate: rate, serverLearningRate = 1, control = 'difference' } = options;
  const { model: given, finiteState = true, epochs, steps, batchSize, order, acrossEpochs } = options;
  const model: Model = given;
  const controls = trainedTypes(model);
  const training = localTraining(pushed(model), {
    ...{
      optimizer: sgd({ learningRate: rate }),
      weighting: 'uniform',
      epochs,
      steps,
      batchSize,
      order,
      acrossEpochs,
    },
    changeUpdate: (update, { steps: taken }) => ({
      change: pickTensors(update, namesOf(model)),
      steps: taken,
    }),
  });
  /** Its change is a step of the whole gradient, taken with a rate of 1. */
  const gradient = localTraining(model, { optimizer: sgd({ learningRate: 1 }), batchSize: 'full' });

  const begin = localComputation(
    { weights: model.weights, own: controls, all: controls },
    ({ weights, own, all }) => ({ ...weights, ...pushes(mapTensors(tf.sub, all, own)) }),
    { name: 'weights and drift', result: pushed(model).weights },
  );
  const byDifference = localComputation(
    { own: controls, all: controls, change: model.weights, steps: float32() },
    ({ own, all, change, steps: taken }) =>
      mapTensors(
        (mine, common, moved) => {
          const renewed = tf.sub(tf.sub(mine, common), tf.div(moved, tf.mul(tf.maximum(taken, 1), rate)));
          return tf.where(tf.greater(taken, 0), renewed, mine); // one that took no step knows no gradient
        },
        own,
        all,
        change,
      ),
    { name: 'control by the difference' },
  );
  const byGradient = localComputation(
    { step: model.weights },
    ({ step }) => mapTensors(tf.neg, pickTensors(step, model.trainable)),
    { name: 'control by the gradient' },
  );
  const differ = localComputation({ after: controls, before: controls }, ({ after, before }) =>
    mapTensors(tf.sub, after, before),
  );
  const moveModel = localComputation(
    { weights: model.weights, change: model.weights },
    ({ weights, change }) =>
      mapTensors((weight, moved) => tf.add(weight, tf.mul(moved, serverLearningRate)), weights, change),
  );
  const moveControl = localComputation(
    { control: controls, change: controls, counted: float32() },
    ({ control: before, change, counted }) =>
      mapTensors((mean, moved) => tf.add(mean, tf.mul(moved, tf.div(counted, clients))), before, change),
  );

  const zeros = zeroTrained(model);
  const state = struct({ model: model.weights, control: controls });
  const initialize = federatedComputation(null, () =>
    federatedValue({ model: model.initialWeights, control: zeros }, 'SERVER', state),
  );
  const initializeClient = federatedComputation(null, () => federatedValue(zeros, 'CLIENTS', controls));
  const next = federatedComputation(
    { state: atServer(state), clientState: atClients(controls), data: atClients(sequence(model.example)) },
    ({ state: before, clientState: own, data }) => {
      const x = field(before, 'model') as AnyServerValue;
      const c = field(before, 'control') as AnyServerValue;
      const [weights, all] = [federatedBroadcast(x), federatedBroadcast(c)];
      const report = federatedMap(training, { weights: federatedMap(begin, { weights, own, all }), data });
      const update = field(report, 'update') as AnyClientsValue;
      const change = field(update, 'change') as AnyClientsValue;
      const weight = field(report, 'weight') as AnyClientsValue;
      const renewed =
        control === 'difference'
          ? federatedMap(byDifference, { own, all, change, steps: field(update, 'steps') as AnyClientsValue })
          : federatedMap(byGradient, { step: field(federatedMap(gradient, { weights, data }), 'update') });
      const moved = federatedMean(change, { weight });
      const shifted = federatedMean(federatedMap(differ, { after: renewed, before: own }), { weight });
      const counted = federatedSum(weight);
      const totals = federatedSum(field(report, 'totals') as AnyClientsValue);
      return {
        state: federatedZip({
          model: federatedMap(moveModel, { weights: x, change: moved }),
          control: federatedMap(moveControl, { control: c, change: shifted, counted }),
        }),
        clientState: renewed,
        metrics: federatedMap(meansWork(model), { totals }) as AnyServerValue,
      };
    },
    { name: 'SCAFFOLD' },
  );
  const process = iterativeProcess({ initialize, initializeClient, next } as never, { finiteState });
  return { ...(process as unknown as KeepingProcess), model: given };
}
