// The contract of aggregators: how the updates of a cohort become one, with a state at the server and measurements
// for the log. An aggregator is made for a type of update, and composed of intrinsics alone, so that every
// runtime can run it. `contract.ts` is the suite that every aggregator passes.
import {
  type AggregationProcess,
  type AtClients,
  type AtServer,
  aggregationProcess,
  atClients,
  atServer,
  type ClientsValue,
  call,
  federatedComputation,
  field,
  float32,
  type ServerValue,
  type SymbolicValue,
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

/** What a step gives, while it is traced. */
export interface AggregationStep {
  readonly state: ServerValue;
  readonly result: ServerValue;
  readonly measurements: ServerValue;
}

/** An aggregation process from the body of its step; `start` gives the state before the first step. */
export function aggregationOf(
  name: string,
  update: Type,
  start: () => ServerValue,
  step: (state: ServerValue, input: AggregationInput) => AggregationStep,
): AggregationProcess {
  const initialize = federatedComputation(null, start, { name: `${name} start` });
  const parameters = {
    state: atServer(initialize.type.result.member),
    value: atClients(update),
    weight: atClients(float32()),
  };
  const next = federatedComputation(
    parameters,
    (symbols) => {
      const { state, value, weight } = symbols as {
        readonly state: SymbolicValue<AtServer<Type>>;
        readonly value: SymbolicValue<AtClients<Type>>;
        readonly weight: SymbolicValue<AtClients<Type>>;
      };
      const after = step(state, { value, weight });
      return { state: after.state, result: after.result, measurements: after.measurements };
    },
    { name },
  );
  return aggregationProcess({ initialize, next });
}

/** The first state of `process`, within a computation that is being traced. */
export function startOf(process: AggregationProcess): ServerValue {
  return call(process.initialize) as ServerValue;
}

/** One step of `process` within a computation that is being traced; the weight is left out where it takes none. */
export function stepOf(
  { next }: AggregationProcess,
  state: ServerValue,
  { value, weight }: AggregationInput,
): AggregationStep {
  const weighted = next.parameters.some(({ name }) => name === 'weight');
  const outcome = call(next, weighted ? { state, value, weight } : { state, value });
  return {
    state: field(outcome, 'state') as ServerValue,
    result: field(outcome, 'result') as ServerValue,
    measurements: field(outcome, 'measurements') as ServerValue,
  };
}
