// Training that is guided by what all clients of the round are like: first sums over them go up, of which the server
// makes a guide; then clients train by losses to which each example adds what the guide says of it. For objectives that
// no client can work out by itself, such as those between groups of examples. A round has two phases.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
  clientStartOf,
  federatedBroadcast,
  federatedMap,
  federatedSum,
  federatedZip,
  field,
  type LocalComputation,
  startOf,
  stepOf,
  struct,
  type TensorType,
} from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Batch, ForwardPass, Model } from '../model/model.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { fieldsOf } from '../parts/fields-of.js';
import { pickTensors, type Tensors } from '../tensors/tensors.js';

/** What is measured of an example before training, and what it adds to its loss. */
export interface Guidance {
  readonly name: string;
  /** The type of sums over examples. */
  readonly sums: TensorType<'float32'>;
  /** float32 [B, …]: what each example adds to the sums. Traced. */
  terms(weights: Tensors, batch: Batch, pass: ForwardPass): tf.Tensor;
  /** The type of what clients are guided by. */
  readonly guide: TensorType<'float32'>;
  /** [B]: what is added to the loss of each example in training, with a gradient. Traced. */
  added(guide: tf.Tensor, weights: Tensors, batch: Batch, pass: ForwardPass): tf.Tensor;
  /** The state before the first round, at the server. */
  start(): AnyServerValue;
  /** The name of what it measures of a round. */
  readonly measures: string;
  /** (state, sums over the cohort, its number of examples) → the next state, the guide, and what is measured. */
  step(
    state: AnyServerValue,
    sums: AnyServerValue,
    examples: AnyServerValue,
  ): {
    readonly state: AnyServerValue;
    readonly guide: AnyServerValue;
    readonly measured: AnyServerValue;
  };
}

/** By which the guide stands among the weights of the model that clients train, and the sums among its metrics. */
const GUIDE = 'guide';

/** `inner`, whose clients are guided. Its state is `{ inner, guidance }`. */
export function guidedWork(inner: ClientWork, guidanceOf: (model: Model) => Guidance): ClientWork {
  return {
    name: `guided ${inner.name}`,
    create: (model) => {
      if (GUIDE in model.initialWeights || model.metrics.includes(GUIDE)) {
        throw optionError(
          `Cannot guide ${inner.name}: weights and metrics of ${model.name} must have another name than '${GUIDE}'`,
        );
      }
      const guidance = guidanceOf(model);
      const taken = model.metrics.find((metric) => metric === guidance.measures);
      if (taken !== undefined) {
        throw optionError(
          `Cannot guide ${inner.name}: a metric of ${model.name} must have another name than '${taken}', which ${guidance.name} measures`,
        );
      }
      const guided = guidedModel(model, guidance);
      const process = inner.create(guided);
      const measure = evaluationWork({ model: measuredModel(model, guidance), batchSize: 100 });
      const join = withGuide(model, guided, guidance);
      return workOf({
        name: `guided ${inner.name}`,
        model,
        start: () => federatedZip({ inner: startOf(process), guidance: guidance.start() }),
        startClient: clientStartOf(process),
        step: (before, { weights, data, clientState }) => {
          const totals = federatedMap(measure, { weights, data });
          const sums = federatedSum(field(totals, GUIDE) as AnyClientsValue);
          const examples = federatedSum(field(totals, 'examples') as AnyClientsValue);
          const next = guidance.step(field(before, 'guidance') as AnyServerValue, sums, examples);
          const received = federatedMap(join, { weights, guide: federatedBroadcast(next.guide) });
          const done = stepOf(process, field(before, 'inner') as AnyServerValue, {
            weights: received,
            data,
            clientState,
          });
          const change = federatedMap(withoutGuide(model, guided), {
            change: field(done.result, 'value') as AnyClientsValue,
          });
          return {
            ...done,
            state: federatedZip({ inner: done.state, guidance: next.state }),
            result: { value: change, weight: field(done.result, 'weight') as AnyClientsValue },
            measurements: federatedZip({
              ...fieldsOf(done.measurements),
              [guidance.measures]: next.measured,
            }),
          };
        },
      });
    },
  };
}

/** The model with the guide as a weight that is not trained. What examples add is a penalty, in no reported loss. */
function guidedModel(model: Model, guidance: Guidance): Model {
  const shape = guidance.guide.shape as readonly number[];
  const size = shape.reduce((product, each) => product * each, 1);
  return {
    ...model,
    name: `guided ${model.name}`,
    weights: struct({ ...typesOf(model), [GUIDE]: guidance.guide }),
    initialWeights: {
      ...model.initialWeights,
      [GUIDE]: { dtype: 'float32', shape, data: new Float32Array(size) },
    },
    forward: (weights, batch, options) => {
      const own = pickTensors(weights, Object.keys(model.initialWeights));
      const pass = model.forward(own, batch, options);
      if (!options.training) return pass;
      const added = guidance.added(weights[GUIDE] as tf.Tensor, own, batch, pass);
      const { mask = tf.ones(pass.losses.shape) } = options;
      const mean = tf.sum(tf.mul(added, tf.div(mask, tf.maximum(tf.sum(mask), 1))));
      return { ...pass, penalty: pass.penalty === undefined ? mean : tf.add(pass.penalty, mean) };
    },
    constrain: (weights) => ({ ...weights, ...model.constrain(pickTensors(weights, model.trainable)) }),
  };
}

/** The model with the terms of the guidance among its metrics, and no other. */
function measuredModel(model: Model, guidance: Guidance): Model {
  return {
    ...model,
    metrics: [GUIDE],
    sumMetrics: { [GUIDE]: { sums: guidance.sums, result: (sums) => sums } },
    forward: (weights, batch, options) => {
      const pass = model.forward(weights, batch, options);
      const { losses, moved } = pass;
      return { losses, moved, metrics: { [GUIDE]: guidance.terms(weights, batch, pass) } };
    },
  };
}

const withGuide = (model: Model, guided: Model, guidance: Guidance): LocalComputation =>
  localComputation(
    { weights: model.weights, guide: guidance.guide },
    (given) => {
      const { weights, guide } = given as unknown as { readonly weights: Tensors; readonly guide: tf.Tensor };
      return { ...weights, [GUIDE]: guide };
    },
    { name: 'with the guide', result: guided.weights },
  );

const withoutGuide = (model: Model, guided: Model): LocalComputation =>
  localComputation(
    { change: guided.weights },
    (given) => pickTensors((given as { readonly change: Tensors }).change, Object.keys(model.initialWeights)),
    { name: 'without the guide', result: model.weights },
  );

const typesOf = ({ weights }: Model) =>
  weights.elements as { readonly [weight: string]: TensorType<'float32'> };
