// Ditto: Li, Hu, Beirami, Smith, "Ditto: Fair and Robust Federated Learning Through Personalization", ICML 2021,
// Algorithm 1: beside what each client does for the common model w, which is federated averaging here, it trains a
// personal one, v_k, that it keeps, by its own loss and a pull towards the common one:
//
//   each client k:  v_k ← v_k − η_p (∇F_k(v_k) + λ (v_k − w_t)) for each batch of its own
//   and for all:    w_k ← w_t, then w_k ← w_k − η ∇F_k(w_k) for each batch
//   the server:     w_{t+1} = w_t + Σ p_k (w_k − w_t)
//
// v_k stays with its client, where it can be read and measured.
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
  iterativeProcess,
  type KeepingProcess,
  sequence,
  struct,
} from '@starling/federated-core';
import { checkOptions, kinds, numberWithin, required } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { optimizerKind } from '../optimizers/optimizer-kind.js';
import { sgd } from '../optimizers/sgd.js';
import { nonNegative } from '../options/option-ranges.js';
import { fieldsOf } from '../parts/fields-of.js';
import { mapTensors, pickTensors } from '../tensors/tensors.js';
import { localTraining } from '../work/local-training.js';
import { meansWork } from '../work/means-work.js';
import { namesOf, pushed, pushes } from '../work/pushed-model.js';
import { type ClientTraining, TRAINING, trainingOf } from './algorithm-options.js';

export interface DittoOptions<W extends string = string> extends ClientTraining {
  readonly model: Model<W>;
  /** Trains the common model on the clients. */
  readonly clientOptimizer: Optimizer;
  /** η_p, of the SGD of the personal models: above 0. */
  readonly personalLearningRate: number;
  /** λ, at least 0: at 0 a client learns alone. */
  readonly personalStrength: number;
  /** See `CommonOptions`; a client whose personal model holds a NaN or an infinity is rejected, too. Default: true. */
  readonly finiteState?: boolean;
}

/**
 * The process whose clients hold `{ data }` and keep the weights of their personal model, which begin as those of the
 * model. Its state is `{ model }`; its metrics are those of the training of the common model, and as `personal` those
 * of the personal ones.
 */
export function ditto<W extends string>(
  options: DittoOptions<W>,
): KeepingProcess & { readonly model: Model<W> } {
  checkOptions<object>('Cannot train by Ditto', options, {
    ...TRAINING,
    model: required(modelKind),
    clientOptimizer: required(optimizerKind),
    personalLearningRate: required(numberWithin({ above: 0, float32: true })),
    personalStrength: required(nonNegative),
    finiteState: kinds.flag,
  });
  const { clientOptimizer, personalLearningRate, personalStrength: strength, finiteState = true } = options;
  const model: Model = options.model;
  const common = localTraining(model, trainingOf(options, clientOptimizer));
  const personal = localTraining(pushed(model), {
    ...trainingOf(options, sgd({ learningRate: personalLearningRate })),
    changeGradients: (gradients, { weights }) =>
      mapTensors((gradient, v) => tf.add(gradient, tf.mul(v, strength)), gradients, weights),
    changeUpdate: (update) => pickTensors(update, namesOf(model)),
  });
  const begin = localComputation(
    { own: model.weights, weights: model.weights },
    ({ own, weights }) => {
      const pull = mapTensors((w) => tf.mul(w, -strength), pickTensors(weights, model.trainable));
      return { ...own, ...pushes(pull) };
    },
    { name: 'personal weights and the common ones', result: pushed(model).weights },
  );
  const add = localComputation({ weights: model.weights, change: model.weights }, ({ weights, change }) =>
    mapTensors(tf.add, weights, change),
  );
  const state = struct({ model: model.weights });
  const next = federatedComputation(
    {
      state: atServer(state),
      clientState: atClients(model.weights),
      data: atClients(sequence(model.example)),
    },
    ({ state: before, clientState: own, data }) => {
      const w = field(before, 'model') as AnyServerValue;
      const weights = federatedBroadcast(w);
      const report = federatedMap(common, { weights, data });
      const weight = field(report, 'weight') as AnyClientsValue;
      const change = federatedMean(field(report, 'update') as AnyClientsValue, { weight });
      const mine = federatedMap(personal, { weights: federatedMap(begin, { own, weights }), data });
      const meansOf = (done: AnyClientsValue): AnyServerValue =>
        federatedMap(meansWork(model), { totals: federatedSum(field(done, 'totals') as AnyClientsValue) });
      return {
        state: federatedZip({ model: federatedMap(add, { weights: w, change }) }),
        clientState: federatedMap(add, { weights: own, change: field(mine, 'update') as AnyClientsValue }),
        metrics: federatedZip({ ...fieldsOf(meansOf(report)), personal: meansOf(mine) }),
      };
    },
    { name: 'Ditto' },
  );
  const initialize = federatedComputation(null, () =>
    federatedValue({ model: model.initialWeights }, 'SERVER', state),
  );
  const initializeClient = federatedComputation(null, () =>
    federatedValue(model.initialWeights, 'CLIENTS', model.weights),
  );
  const process = iterativeProcess({ initialize, initializeClient, next } as never, { finiteState });
  return { ...(process as unknown as KeepingProcess), model: options.model };
}
