// The contract of client work: what the clients of a round make of the weights and of their data. Its result is what
// the aggregator takes: a value, and how much it counts. `client-work/contract.ts` is the suite that every client work
// passes.
import {
  type AnyClientsValue,
  atClients,
  type MeasuredProcess,
  sequence,
  type Type,
} from '@starling/federated-core';
import { type Check, kinds } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { checkPartOptions, type PartOptions, partKind, partOf } from './part.js';

export interface ClientWork {
  readonly name: string;
  /**
   * For `model`: `next` takes `state`, the `weights` that a client received, {W}@CLIENTS, and what else its clients
   * hold, such as `data`, all at CLIENTS. It returns `{ state, result, measurements }`, where `result` is `{ value,
   * weight }`: a value of any type, and float32, at least 0, both at CLIENTS.
   */
  create(model: Model): MeasuredProcess;
}

export interface WorkInput {
  /** The weights as they were received: {W}@CLIENTS. */
  readonly weights: AnyClientsValue;
  /** A sequence of the model's examples, unless `held` names other things. */
  readonly data: AnyClientsValue;
  /** What else a client holds, by name. */
  readonly [held: string]: AnyClientsValue;
}

/** What a client sends. */
export interface WorkResult {
  /** Of any type; by most works the change of the weights. */
  readonly value: AnyClientsValue;
  /** float32, at least 0; a client whose weight is 0 counts for nothing in a mean. */
  readonly weight: AnyClientsValue;
}

export interface WorkOptions extends PartOptions<WorkInput, WorkResult> {
  readonly model: Model;
  /** The types of what a client holds, by name, if it is more than `data`. */
  readonly held?: { readonly [name: string]: Type };
}

/** The process of a client work, from the bodies of its start and its step. */
export function workOf(options: WorkOptions): MeasuredProcess {
  const action = 'Cannot make a client work';
  const { model, held = { data: sequence(model.example) } } = options;
  checkPartOptions(action, { held, ...options }, { model: modelKind, held: kinds.record });
  const types = Object.entries(held).map(([name, type]) => [name, atClients(type)] as const);
  return partOf(action, options, { weights: atClients(model.weights), ...Object.fromEntries(types) });
}

/** The check of a client work, for tables of options. */
export const clientWorkKind: Check = partKind('a client work, such as trainingWork({ … })');
