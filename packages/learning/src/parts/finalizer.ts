// The contract of finalizers: what becomes of the server's weights by the aggregate of a round.
// `finalizers/contract.ts` is the suite that every finalizer passes.
import { type AnyServerValue, atServer, type MeasuredProcess, type Type } from '@starling/federated-core';
import { type Check, dataKinds } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { checkPartOptions, type PartOptions, partKind, partOf } from './part.js';

export interface Finalizer {
  readonly name: string;
  /**
   * For `model` and aggregates of type `update`: `next` takes `state`, `weights` and `update`, and returns `{ state,
   * result, measurements }`, all at the server, where `result` is the new weights.
   */
  create(model: Model, update: Type): MeasuredProcess;
}

export interface FinalizationInput {
  /** Before the round. */
  readonly weights: AnyServerValue;
  /** What the aggregator made of the clients' values. */
  readonly update: AnyServerValue;
}

export interface FinalizationOptions extends PartOptions<FinalizationInput, AnyServerValue> {
  readonly model: Model;
  /** The type of an aggregate. */
  readonly update: Type;
}

/** The process of a finalizer, from the bodies of its start and its step. */
export function finalizationOf(options: FinalizationOptions): MeasuredProcess {
  const action = 'Cannot make a finalization';
  checkPartOptions(action, options, { model: modelKind, update: dataKinds.type });
  const { model, update } = options;
  return partOf(action, options, { weights: atServer(model.weights), update: atServer(update) });
}

/** The check of a finalizer, for tables of options. */
export const finalizerKind: Check = partKind(
  'a finalizer, such as optimizerFinalizer(sgd({ learningRate: 1 }))',
);
