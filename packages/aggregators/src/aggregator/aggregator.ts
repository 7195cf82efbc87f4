// The contract of aggregators: how the updates of a cohort become one, with a state at the server and measurements for
// the log, and where it needs one, a state of each client, which that client keeps. An aggregator is made for a type of
// update, and composed of intrinsics alone, so that every runtime can run it. `contract.ts` is the suite that every
// aggregator passes.
import {
  type AggregationProcess,
  type AnyClientsValue,
  type AnyServerValue,
  aggregationProcess,
  atClients,
  atServer,
  type ClientsValue,
  type FederatedComputation,
  federatedComputation,
  float32,
  keptFrom,
  type ProcessStep,
  type ServerValue,
  type Type,
} from '@starling/federated-core';
import { checkOptions, dataKinds, kinds, required } from '@starling/federated-core/plan';
import { serverValue, serverValues } from './server-values.js';

/** Which norm: the sum of absolute values (1), the Euclidean norm (2), or the greatest absolute value (`max`). */
export type NormOrder = 1 | 2 | 'max';

/** How far a client's value is held within a bound, which is what noise is measured by. */
export interface Sensitivity {
  readonly order: NormOrder;
  /** In the unit of an update; `null` where an estimate moves the bound from round to round. */
  readonly bound: number | null;
}

/** What an aggregator declares of itself; `contract.ts` holds it to it. */
export interface AggregatorFacts {
  /** What the server computes from: `sums` over clients alone, the values of a `sample` of them, or all `updates`. */
  readonly reveals: 'sums' | 'sample' | 'updates';
  /**
   * The bound on what one client that runs the plan adds to a sum, before weights; `null` if there is none. Of several
   * bounds the outermost.
   */
  readonly sensitivity: Sensitivity | null;
  /**
   * Whether its result grows with the cohort, as a sum does; false by default. A process that adds the result to the
   * weights as it is warns of one that does.
   */
  readonly grows?: boolean;
  /**
   * Whether what a client adds to a sum holds more than its update of the round, such as what it kept back before;
   * false by default. A bound on updates, as that of `clipped`, is then none on what is added.
   */
  readonly accumulates?: boolean;
}

export interface Aggregator extends AggregatorFacts {
  readonly name: string;
  /** The aggregation of updates of type `update`: a tensor, or structs of tensors. */
  create(update: Type): AggregationProcess;
}

/** What each client gives to a step. */
export interface AggregationInput {
  readonly value: ClientsValue;
  /** float32, at least 0. */
  readonly weight: ClientsValue;
  /** What each client has kept; there where the aggregation says what clients start with. */
  readonly clientState?: ClientsValue;
}

export interface AggregationOptions {
  /** For errors and logs. */
  readonly name: string;
  /** The type of an update. */
  readonly update: Type;
  /** Gives the state before the first step. */
  readonly start: () => AnyServerValue;
  /**
   * Gives what each client keeps before its first step, at CLIENTS; left out where clients keep nothing. It never
   * leaves its client: `step` gets it as `clientState`, and returns what is kept of it. A wrapper passes it on by
   * `clientStartOf` of what it wraps.
   */
  readonly startClient?: (() => AnyClientsValue) | undefined;
  /** From the state before a round and what the clients give to the state after it, the result and the measurements. */
  readonly step: (state: ServerValue, input: AggregationInput) => ProcessStep<AnyServerValue>;
}

/** An aggregation process from the bodies of its start and its step, which are traced. */
export function aggregationOf(options: AggregationOptions): AggregationProcess {
  checkOptions('Cannot make an aggregation', options, {
    name: required(kinds.text),
    update: required(dataKinds.type),
    start: required(kinds.callable),
    startClient: kinds.callable,
    step: required(kinds.callable),
  });
  const { name, update, start, startClient, step } = options;
  const action = `Cannot make the aggregation ${name}`;
  const first = (): AnyServerValue => {
    const state = start();
    serverValue(action, 'what start returns', state);
    return state;
  };
  const initialize = federatedComputation(null, first, { name: `${name} start` });
  const kept = keptFrom(name, startClient);
  const parameters = {
    state: atServer(initialize.type.result.member),
    ...kept.parameter,
    value: atClients(update),
    weight: atClients(float32()),
  };
  const next: FederatedComputation = federatedComputation(
    parameters,
    (symbols) => {
      const { state, ...input } = symbols as unknown as AggregationInput & { readonly state: ServerValue };
      const after = step(state, input);
      checkStep(action, after);
      const { clientState, result, measurements } = after;
      return {
        state: after.state,
        ...kept.returned(action, 'what step returns', clientState),
        result,
        measurements,
      };
    },
    { name },
  );
  return aggregationProcess({ initialize, ...kept.initialize, next } as never);
}

function checkStep(action: string, after: ProcessStep<AnyServerValue>): void {
  kinds.record(action, 'what step returns', after);
  serverValue(action, 'state of what step returns', after.state);
  serverValues(action, 'result of what step returns', after.result);
  serverValues(action, 'measurements of what step returns', after.measurements);
}
