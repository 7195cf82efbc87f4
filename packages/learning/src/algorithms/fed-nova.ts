// FedNova: Wang, Liu, Liang, Joshi, Poor, "Tackling the Objective Inconsistency Problem in Heterogeneous Federated
// Optimization", NeurIPS 2020, the rule that it calls FedNova: clients that take more steps do not pull the mean
// harder. With p_k the client's share of the weights, and a_k how often each of its τ_k gradients counts in its change:
//
//   each client k:  d_k = (w_k − w_t) / ‖a_k‖₁
//   the server:     w_{t+1} = w_t + (Σ p_k ‖a_k‖₁) (Σ p_k d_k)
//
// By SGD ‖a_k‖₁ = τ_k; with momentum ρ it is (τ_k − ρ (1 − ρ^τ_k) / (1 − ρ)) / (1 − ρ). Both sums go up as one value.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyServerValue,
  federatedMap,
  float32,
  formatType,
  type LocalComputation,
  startOf,
  stepOf,
  struct,
} from '@starling/federated-core';
import { checkOptions, isAssignable, optionError, required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import type { Model } from '../model/model.js';
import { momentum } from '../optimizers/momentum.js';
import { sgd } from '../optimizers/sgd.js';
import { fraction, nonNegative } from '../options/option-ranges.js';
import { type Finalizer, finalizationOf } from '../parts/finalizer.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';
import type { ChangeUpdate } from '../work/local-training.js';
import {
  type ClientTraining,
  COMMON,
  type CommonOptions,
  commonOf,
  ELSEWHERE,
  TRAINING,
  trainingOf,
} from './algorithm-options.js';

export interface FedNovaOptions<W extends string = string> extends CommonOptions<W>, ClientTraining {
  /** η of the clients' SGD, at least 0. */
  readonly learningRate: number;
  /** ρ of the clients' momentum, from 0 to below 1; 0 by default. */
  readonly momentum?: number;
}

/** The process; options and metrics as of `federatedAveraging`, whose clients train by SGD or momentum. */
export function fedNova<W extends string>(options: FedNovaOptions<W>): LearningProcess<W> {
  checkOptions<object>(
    'Cannot average by FedNova',
    options,
    {
      ...COMMON,
      ...TRAINING,
      learningRate: required(nonNegative),
      momentum: fraction,
    } as object,
    { ...ELSEWHERE, clientOptimizer: 'Clients train by SGD or momentum: give learningRate, momentum' },
  );
  const { learningRate, momentum: decay = 0 } = options;
  const optimizer = decay === 0 ? sgd({ learningRate }) : momentum({ learningRate, momentum: decay });
  return learningProcess({
    name: 'FedNova',
    clientWork: trainingWork({ ...trainingOf(options, optimizer), changeUpdate: normalized(decay) }),
    finalizer: normalizedFinalizer(optimizerFinalizer(sgd({ learningRate: 1 }))),
    ...commonOf(options),
  });
}

/**
 * The change of a client by its number of steps, and that number; zeros of one that took none. Weights that are not
 * trained by gradients keep their change.
 */
const normalized =
  (decay: number): ChangeUpdate =>
  (update, { steps, received }) => {
    const norm = normOf(steps, decay);
    const trained = pickTensors(update, Object.keys(received));
    return { direction: { ...update, ...mapTensors((change) => tf.divNoNan(change, norm), trained) }, norm };
  };

/** ‖a‖₁ of so many steps. */
function normOf(steps: tf.Tensor, decay: number): tf.Tensor {
  if (decay === 0) return steps;
  const lost = tf.mul(tf.sub(1, tf.pow(tf.scalar(decay), steps)), decay / (1 - decay));
  return tf.div(tf.sub(steps, lost), 1 - decay);
}

/** `inner` on updates that are given as their mean direction and the mean of their numbers of steps. */
export function normalizedFinalizer(inner: Finalizer): Finalizer {
  const name = `normalized ${inner.name}`;
  return {
    name,
    create: (model, update) => {
      const need = struct({ direction: model.weights, norm: float32() });
      if (!isAssignable(need, update)) {
        throw optionError(
          `Cannot finalize a round by ${name}: need updates of the type ${formatType(need)}, got ${formatType(update)}`,
        );
      }
      const whole = wholeUpdate(model);
      const process = inner.create(model, model.weights);
      return finalizationOf({
        name,
        model,
        update: need,
        start: () => startOf(process),
        step: (state, given) => {
          const { weights } = given;
          const update = federatedMap(whole, { mean: given.update });
          const { result, ...others } = stepOf(process, state, { weights, update });
          return { ...others, result: result as AnyServerValue };
        },
      });
    },
  };
}

const wholeUpdate = (model: Model): LocalComputation =>
  localComputation(
    { mean: struct({ direction: model.weights, norm: float32() }) },
    ({ mean }) => {
      const direction: Tensors = mean.direction;
      const trained = pickTensors(direction, model.trainable);
      return { ...direction, ...mapTensors((one) => tf.mul(one, mean.norm), trained) };
    },
    { name: 'whole update' },
  );
