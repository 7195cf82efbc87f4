// The contract of distributors: how the server's weights get to the clients of a round. `distributors/contract.ts` is
// the suite that every distributor passes.
import {
  type AnyClientsValue,
  type AnyServerValue,
  atServer,
  type MeasuredProcess,
  type Type,
} from '@starling/federated-core';
import { type Check, dataKinds } from '@starling/federated-core/plan';
import { checkPartOptions, type PartOptions, partKind, partOf } from './part.js';

export interface Distributor {
  readonly name: string;
  /**
   * For weights of type `weights`: `next` takes `state` and `weights`, W@SERVER, and returns `{ state, result,
   * measurements }`, where `result` is {W}@CLIENTS.
   */
  create(weights: Type): MeasuredProcess;
}

export interface DistributionInput {
  readonly weights: AnyServerValue;
}

export interface DistributionOptions extends PartOptions<DistributionInput, AnyClientsValue> {
  /** The type of the weights. */
  readonly weights: Type;
}

/** The process of a distributor, from the bodies of its start and its step. */
export function distributionOf(options: DistributionOptions): MeasuredProcess {
  const action = 'Cannot make a distribution';
  checkPartOptions(action, options, { weights: dataKinds.type });
  return partOf(action, options, { weights: atServer(options.weights) });
}

/** The check of a distributor, for tables of options. */
export const distributorKind: Check = partKind('a distributor, such as broadcastDistributor()');
