// One step of a process within a computation that is being traced: how chains, concatenations and aggregators are made
// of other processes.
import { call } from '../computations/call.js';
import { computationKinds } from '../computations/computation-kinds.js';
import { kinds } from '../errors/check-kind.js';
import type { AnyServerValue } from '../expression/placed-values.js';
import { type Composed, field, type SymbolicValue } from '../expression/symbolic-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { structEntries } from '../types/types.js';
import type { AggregationProcess } from './aggregation-process.js';
import type { ProcessComputations } from './iterative-process.js';

/** What a step of a measured or aggregation process gives. */
export interface ProcessStep<R extends SymbolicValue = SymbolicValue> {
  readonly state: AnyServerValue;
  readonly result: R;
  readonly measurements: AnyServerValue;
}

/** The first state of `process`. */
export function startOf(process: ProcessComputations): AnyServerValue {
  kinds.record('Cannot start a process', 'what is started', process);
  const { initialize } = process;
  return call(initialize) as AnyServerValue;
}

/** One step of `process` from `state`. Of `inputs`, those that it does not take are left out, such as a weight. */
export function stepOf(
  process: AggregationProcess,
  state: AnyServerValue,
  inputs: { readonly [name: string]: SymbolicValue },
): ProcessStep<AnyServerValue>;
export function stepOf(
  process: ProcessComputations,
  state: AnyServerValue,
  inputs: { readonly [name: string]: SymbolicValue },
): ProcessStep;
export function stepOf(
  process: ProcessComputations,
  state: AnyServerValue,
  inputs: { readonly [name: string]: SymbolicValue },
): ProcessStep {
  kinds.record('Cannot take a step', 'the process', process);
  kinds.record('Cannot take a step', 'its inputs', inputs);
  const { next } = process;
  computationKinds.federated('Cannot take a step', 'next', next);
  const taken = Object.entries(inputs).filter(([input]) =>
    next.parameters.some(({ name }) => name === input),
  );
  const outcome = call(next, { ...Object.fromEntries(taken), state });
  return {
    state: field(outcome, 'state') as AnyServerValue,
    result: field(outcome, 'result'),
    measurements: zipped(field(outcome, 'measurements')),
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
