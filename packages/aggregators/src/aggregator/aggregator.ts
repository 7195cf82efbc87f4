// The contract of aggregators: how the updates of a cohort become one, with a state at the server and measurements
// for the log. An aggregator is made for a type of update, and composed of intrinsics alone, so that every
// runtime can run it. `contract.ts` is the suite that every aggregator passes.
import {
  type AggregationProcess,
  type AnyServerValue,
  aggregationProcess,
  atClients,
  atServer,
  type ClientsValue,
  federatedComputation,
  float32,
  type ProcessStep,
  type ServerValue,
  type Type,
} from '@starling/federated-core';

export interface Aggregator {
  readonly name: string;
  /** The aggregation of updates of type `update`: a tensor, or structs of tensors. */
  create(update: Type): AggregationProcess;
}

/** What each client gives to a step. */
export interface AggregationInput {
  readonly value: ClientsValue;
  /** float32, at least 0. */
  readonly weight: ClientsValue;
}

export interface AggregationOptions {
  /** For errors and logs. */
  readonly name: string;
  /** The type of an update. */
  readonly update: Type;
  /** Gives the state before the first step. */
  readonly start: () => AnyServerValue;
  /** From the state before a round and what the clients give to the state after it, the result and the measurements. */
  readonly step: (state: ServerValue, input: AggregationInput) => ProcessStep<AnyServerValue>;
}

/** An aggregation process from the bodies of its start and its step, which are traced. */
export function aggregationOf({ name, update, start, step }: AggregationOptions): AggregationProcess {
  const initialize = federatedComputation(null, start, { name: `${name} start` });
  const parameters = {
    state: atServer(initialize.type.result.member),
    value: atClients(update),
    weight: atClients(float32()),
  };
  const next = federatedComputation(
    parameters,
    (symbols) => {
      const { state, value, weight } = symbols;
      const after = step(state, { value, weight });
      return { state: after.state, result: after.result, measurements: after.measurements };
    },
    { name },
  );
  return aggregationProcess({ initialize, next });
}
