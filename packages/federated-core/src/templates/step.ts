// One step of a process within a computation that is being traced: how chains, concatenations and aggregators are made
// of other processes.
import { CLIENT_STATE } from '../compile/client-state.js';
import { call } from '../computations/call.js';
import { computationKinds } from '../computations/computation-kinds.js';
import { kinds } from '../errors/check-kind.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import type { AnyClientsValue, AnyServerValue } from '../expression/placed-values.js';
import { type Composed, field, type SymbolicValue } from '../expression/symbolic-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { structEntries } from '../types/types.js';
import type { AggregationProcess } from './aggregation-process.js';
import type { ProcessComputations } from './process-computations.js';

/** What a step of a measured or aggregation process gives. */
export interface ProcessStep<R extends SymbolicValue = SymbolicValue> {
  readonly state: AnyServerValue;
  readonly result: R;
  readonly measurements: AnyServerValue;
  /** What its clients keep after it; left out where they keep nothing. */
  readonly clientState?: AnyClientsValue;
}

/** Inputs of a step by name; what is undefined is not there. */
export interface StepInputs {
  readonly [name: string]: SymbolicValue | undefined;
}

/** The first state of `process`. */
export function startOf(process: ProcessComputations): AnyServerValue {
  kinds.record('Cannot start a process', 'what is started', process);
  const { initialize } = process;
  return call(initialize) as AnyServerValue;
}

/** Gives what each client of `process` starts with; undefined where clients keep nothing. */
export function clientStartOf(process: ProcessComputations): (() => AnyClientsValue) | undefined {
  kinds.record('Cannot start a process', 'what is started', process);
  const { initializeClient } = process;
  return initializeClient === undefined ? undefined : () => call(initializeClient) as AnyClientsValue;
}

/**
 * One step of `process` from `state`, and where its clients keep something, from `clientState` among the inputs. Of
 * `inputs`, those that it does not take are left out, such as a weight.
 */
export function stepOf(
  process: AggregationProcess,
  state: AnyServerValue,
  inputs: StepInputs,
): ProcessStep<AnyServerValue>;
export function stepOf(process: ProcessComputations, state: AnyServerValue, inputs: StepInputs): ProcessStep;
export function stepOf(process: ProcessComputations, state: AnyServerValue, inputs: StepInputs): ProcessStep {
  kinds.record('Cannot take a step', 'the process', process);
  kinds.record('Cannot take a step', 'its inputs', inputs);
  const { next } = process;
  computationKinds.federated('Cannot take a step', 'next', next);
  const keeps = process.initializeClient !== undefined;
  if (keeps && inputs[CLIENT_STATE] === undefined) {
    throw new TypeMismatchError(
      `Cannot take a step of ${next.name}: its clients keep a state, need ${CLIENT_STATE}, got none. What is made of it passes that on: it begins with clientStartOf of it`,
    );
  }
  const taken = Object.entries(inputs).filter(([input]) =>
    next.parameters.some(({ name }) => name === input),
  );
  const outcome = call(next, { ...(Object.fromEntries(taken) as { [name: string]: SymbolicValue }), state });
  return {
    state: field(outcome, 'state') as AnyServerValue,
    result: field(outcome, 'result'),
    measurements: zipped(field(outcome, 'measurements')),
    ...(keeps && { clientState: field(outcome, CLIENT_STATE) as AnyClientsValue }),
  };
}

/** One value at the server of what may be structs of them: measurements may be returned as a record. */
function zipped(value: SymbolicValue): AnyServerValue {
  return federatedZip(partsOf(value));
}

function partsOf(value: SymbolicValue): Composed<AnyServerValue> {
  const { type } = value;
  if (type.kind !== 'struct') return value as AnyServerValue;
  const parts = structEntries(type).map(([name], index) => partsOf(field(value, name ?? index)));
  if (Array.isArray(type.elements)) return parts;
  return Object.fromEntries(Object.keys(type.elements).map((name, index) => [name, parts[index]!]));
}
