// Trainer: a learning process over the rows of cohorts, whatever the algorithm. What it makes is a model with its
// transform within: raw columns in, outputs out.
import {
  atClients,
  call,
  compilePlan,
  type FederatedComputation,
  federatedComputation,
  field,
  type IterativeProcess,
  iterativeProcess,
  StarlingError,
  type Tensor,
  type Type,
} from '@starling/federated-core';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { type Model, modelToOnnx, withInitialWeights } from '@starling/learning';
import { linkPlan } from '@starling/plan/link';
import { decodeSafetensors, encodeSafetensors } from '@starling/plan/safetensors';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node, TrainedRun } from '../nodes/node.js';
import { transformedModel } from './transformed-model.js';
import { constantsIn, type TransformNode } from './transformer.js';

export interface TrainerOptions {
  readonly name?: string;
  readonly transform: TransformNode;
  /** Of features: `example` is that of the transform. It says its outputs, which are pushed. */
  readonly model: Model;
  /** The learning process of a model, such as `(model) => federatedAveraging({ model, … })`. */
  readonly algorithm: (model: Model) => IterativeProcess;
  readonly rounds: number;
  /** Clients of a round; all by default. */
  readonly cohortSize?: number;
  /** Whether it starts from the weights of the latest blessed model, if there is one; false by default. */
  readonly warmStart?: boolean;
}

export interface ModelNode extends Node<'Model'> {
  readonly transform: TransformNode;
  readonly model: Model;
}

export type Weights = Readonly<Record<string, Tensor<'float32'>>>;

/** `curves.json`: what each round has measured on its cohort while it trained. */
export type Curves = readonly { readonly round: number; readonly metrics: unknown }[];

export function trainer(options: TrainerOptions): ModelNode {
  checkOptions('Cannot make a trainer', options, {
    name: kinds.text,
    transform: required(nodeOf('TransformGraph', 'transformer')),
    model: required(kinds.record),
    algorithm: required(kinds.callable),
    rounds: required(count),
    cohortSize: count,
    warmStart: kinds.flag,
  });
  const {
    name = 'trainer',
    transform,
    model,
    algorithm,
    rounds,
    cohortSize = null,
    warmStart = false,
  } = options;
  transformedModel(model, transform, new Map()); // that they fit is said where they are wired
  return {
    kind: 'Model',
    component: 'Trainer',
    name,
    inputs: { examples: transform.examples, transform },
    transform,
    model,
    prepare: (context, inputs) => {
      const known = constantsIn(inputs['transform'] as Artifact<'TransformGraph'>, transform.source);
      const { model: whole } = transformedModel(model, transform, known);
      const blessed = warmStart ? context.history.latestBlessed(context.pipeline, null) : null;
      if (blessed !== null && blessed.artifact === null) {
        throw new StarlingError(
          'damaged-model',
          `Cannot start from the latest blessed model: need artifacts/${blessed.id}, got one that is damaged or gone; restore it, or leave out warmStart`,
        );
      }
      const before = blessed?.artifact ?? null;
      const plain = algorithm(whole);
      const process = overExamples(
        before === null ? plain : withInitialWeights(plain, weightsIn(before)),
        transform.examples.population.dataType,
      );
      const [next, initialize] = [process.next, process.initialize].map(
        (one) => linkPlan(compilePlan(one)).hash,
      );
      const identity = { next, initialize, rounds, cohortSize, onnx: model.outputs !== undefined } as const;
      return {
        identity: identity as never,
        ...(warmStart && { earlier: { warmStart: before } }),
        make: async () => {
          const trained = await context.train({ name, process, rounds, cohortSize });
          const weights = (trained.state as { readonly model: Weights }).model;
          const onnx = modelToOnnx(whole, weights);
          const signature = {
            outputs: { name: 'outputs', dtype: 'float32' },
            transform: inputs['transform']!.id,
          };
          return {
            files: {
              'model.safetensors': encodeSafetensors(new Map(Object.entries(weights))),
              'model.onnx': onnx,
              'signature.json': canonical(signature, 2),
              'transform.json': inputs['transform']!.read('transform.json'),
              'curves.json': canonical(trained.rounds, 1),
            },
            properties: {
              rounds,
              span: transform.examples.span,
              parameters: sizeOf(weights),
              missing: trained.missing,
            },
            summary: `${rounds} rounds, ${sizeOf(weights)} parameters${lastOf(trained)}${missingWords(trained)}`,
          };
        },
      };
    },
  };
}

/** A process whose clients hold the data of a pipeline, and learn from its split for that. */
function overExamples(process: IterativeProcess, data: Type): IterativeProcess {
  const { initialize, finiteState } = process;
  const next = federatedComputation(
    { state: initialize.type.result as never, data: atClients(data) },
    ({ state, data: all }: Readonly<Record<string, unknown>>) => {
      const rows = field(field(all as never, 'train' as never) as never, 'rows' as never);
      return call(process.next as never, { state, data: rows } as never) as never;
    },
    { name: process.next.name },
  ) as unknown as FederatedComputation;
  return iterativeProcess({ initialize, next } as never, { finiteState }) as unknown as IterativeProcess;
}

/** The weights of a model's artifact. */
export function weightsIn(artifact: Artifact): Weights {
  const bytes = artifact.read('model.safetensors');
  const { tensors } = decodeSafetensors(bytes, { maxHeaderBytes: bytes.length });
  return Object.fromEntries(tensors) as Weights;
}

export function curvesIn(artifact: Artifact): Curves {
  return jsonOf<Curves>(artifact, 'curves.json');
}

const sizeOf = (weights: Weights): number =>
  Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);

/** A model of fewer clients is another one than it would have been. */
function missingWords({ missing }: TrainedRun): string {
  if (missing === 0) return '';
  return missing === 1 ? '; 1 answer did not count' : `; ${missing} answers did not count`;
}

function lastOf({ rounds }: TrainedRun): string {
  const loss = (rounds.at(-1)?.metrics as { readonly loss?: number } | undefined)?.loss;
  return typeof loss === 'number' ? `, loss ${Number(loss.toPrecision(4))}` : '';
}
