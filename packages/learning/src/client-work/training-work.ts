// Clients train the weights that they received on their own examples, and send the change: the client work of federated
// averaging (McMahan et al., AISTATS 2017, Algorithm 1), and the ground of most others.
import { nothing } from '@starling/aggregators';
import { localComputation, tf } from '@starling/compute';
import {
  type AnyServerValue,
  federatedBroadcast,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  int32,
  type LocalComputation,
  type MeasuredProcess,
} from '@starling/federated-core';
import type { Model } from '../model/model.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { checkTraining, localTraining, type TrainingOptions } from '../work/local-training.js';
import { meansWork } from '../work/means-work.js';
import { countWork, workLength } from '../work/work-length.js';

/**
 * Each client sends its trained minus its received weights, or what `changeUpdate` makes of that. Measures the loss and
 * the metrics of the model while training, as means over all examples of the cohort, and their number, `examples`, each
 * example as often as it was trained on. Its state has `round`, the rounds before this one, if an option is a function
 * of it. Throws a `RangeError` if an option is out of its range.
 */
export function trainingWork(options: TrainingOptions): ClientWork {
  checkTraining(options);
  return { name: 'training', create: (model) => create(model, options) };
}

function create(model: Model, options: TrainingOptions): MeasuredProcess {
  const training = localTraining(model, options);
  const { unit, count } = workLength(options);
  const counting = typeof count === 'function' ? countWork(unit, count) : null;
  const ofRound = typeof options.optimizer === 'function';
  const countsRounds = ofRound || counting !== null;
  return workOf({
    name: 'training',
    model,
    start: () => (countsRounds ? federatedZip({ round: federatedValue(0, 'SERVER', int32()) }) : nothing()),
    step: (state, { weights, data }) => {
      const round = countsRounds ? (field(state, 'round') as AnyServerValue) : null;
      const sent = round === null ? null : { round: federatedBroadcast(round) };
      const report = federatedMap(training, {
        weights,
        data,
        ...(sent !== null && ofRound ? sent : {}),
        ...(sent !== null && counting !== null ? { count: federatedMap(counting, sent) } : {}),
      });
      return {
        state: round === null ? state : federatedZip({ round: federatedMap(nextRound, { round }) }),
        result: { value: field(report, 'update'), weight: field(report, 'weight') },
        measurements: federatedMap(meansWork(model), { totals: federatedSum(field(report, 'totals')) }),
      };
    },
  });
}

/** (round) → round + 1. */
const nextRound: LocalComputation = localComputation(
  { round: int32() },
  ({ round }) => tf.add(round, tf.scalar(1, 'int32')),
  { name: 'next round' },
);
