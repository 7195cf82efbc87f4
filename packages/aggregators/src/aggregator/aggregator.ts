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
import { checkOptions, dataKinds, kinds, required } from '@starling/federated-core/plan';
import { serverValue, serverValues } from './server-values.js';

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
export function aggregationOf(options: AggregationOptions): AggregationProcess {
  checkOptions('Cannot make an aggregation', options, {
    name: required(kinds.text),
    update: required(dataKinds.type),
    start: required(kinds.callable),
    step: required(kinds.callable),
  });
  const { name, update, start, step } = options;
  const action = `Cannot make the aggregation ${name}`;
  const first = (): AnyServerValue => {
    const state = start();
    serverValue(action, 'what start returns', state);
    return state;
  };
  const initialize = federatedComputation(null, first, { name: `${name} start` });
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
      checkStep(action, after);
      return { state: after.state, result: after.result, measurements: after.measurements };
    },
    { name },
  );
  return aggregationProcess({ initialize, next });
}

function checkStep(action: string, after: ProcessStep<AnyServerValue>): void {
  kinds.record(action, 'what step returns', after);
  serverValue(action, 'state of what step returns', after.state);
  serverValues(action, 'result of what step returns', after.result);
  serverValues(action, 'measurements of what step returns', after.measurements);
}
