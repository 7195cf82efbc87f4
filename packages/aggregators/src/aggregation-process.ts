// The contract of aggregators: how the updates of a cohort become one, with a state at the server and measurements
// for the log. An aggregator is made for a type of update, and composed of intrinsics alone, so that every
// runtime can run it. `contract.ts` is the suite that every aggregator passes.
import {
  type AtClients,
  type AtServer,
  atClients,
  atServer,
  type ClientsValue,
  type FederatedComputation,
  federatedComputation,
  float32,
  type ServerValue,
  type StructType,
  type SymbolicValue,
  type Type,
} from '@starling/federated-core';

export interface AggregationProcess {
  readonly kind: 'aggregation-process';
  /** ( -> S@SERVER). */
  readonly initialize: FederatedComputation<null, AtServer<Type>>;
  /**
   * (<state=S@SERVER,value={T}@CLIENTS,weight={float32}@CLIENTS>
   *    -> <state=S@SERVER,result=T@SERVER,measurements=M@SERVER>).
   */
  readonly next: FederatedComputation<Type | null, StepType>;
}

/** What a step gives: each part at the server. */
export type StepType = StructType<{
  readonly state: AtServer<Type>;
  readonly result: AtServer<Type>;
  readonly measurements: AtServer<Type>;
}>;

export interface Aggregator {
  readonly name: string;
  /** The aggregation of updates of type `update`: a tensor, or structs of tensors. */
  create(update: Type): AggregationProcess;
}

/** What one step of an aggregation gives, while it is traced. */
export interface AggregationStep {
  readonly state: ServerValue;
  readonly result: ServerValue;
  readonly measurements: ServerValue;
}

/** An aggregation process from the body of its step; `state` gives the state before the first step. */
export function aggregationProcess(
  name: string,
  update: Type,
  state: () => ServerValue,
  step: (state: ServerValue, value: ClientsValue, weight: ClientsValue) => AggregationStep,
): AggregationProcess {
  const initialize = federatedComputation(null, state, { name: `${name} start` });
  const next = federatedComputation(
    {
      state: atServer(initialize.type.result.member),
      value: atClients(update),
      weight: atClients(float32()),
    },
    (parameters) => {
      const symbols = parameters as {
        readonly state: SymbolicValue<AtServer<Type>>;
        readonly value: SymbolicValue<AtClients<Type>>;
        readonly weight: SymbolicValue<AtClients<Type>>;
      };
      const { result, measurements, ...after } = step(symbols.state, symbols.value, symbols.weight);
      return { state: after.state, result, measurements };
    },
    { name },
  );
  return { kind: 'aggregation-process', initialize, next };
}
