// The template of a step that also measures: a state, a result, and measurements for the log. Steps compose: a
// chain feeds each result to the next step, a concatenation runs steps side by side.

import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { sourceLocation } from '../errors/source-location.js';
import type { AnyServerValue } from '../expression/placed-values.js';
import { field, type SymbolicValue } from '../expression/symbolic-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { accepts } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import { isEquivalent } from '../types/relations.js';
import type { FederatedType, StructType, Type } from '../types/types.js';
import type { ProcessComputations } from './iterative-process.js';
import type { FittingComputations } from './process-needs.js';
import { ProcessCheck } from './process-types.js';
import { type ProcessStep, startOf, stepOf } from './step.js';

export interface MeasuredProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends ProcessComputations<I, N> {
  readonly kind: 'measured-process';
  /** (<state=S@SERVER, input…> -> <state=S@SERVER,result=R,measurements=M@SERVER>). */
  readonly next: N;
}

/** A measured process from its two computations; throws a `TypeMismatchError` with both types when they do not fit. */
export function measuredProcess<I extends FederatedComputation, N extends FederatedComputation>(
  computations: FittingComputations<I, N, 'state' | 'result' | 'measurements'>,
): MeasuredProcess<I, N> {
  const check = new ProcessCheck('a measured process', sourceLocation());
  check.computations(computations, ['initialize', 'next']);
  const { initialize, next } = computations as ProcessComputations<I, N>;
  const { measurements } = check.resultsOf(next, check.stateOf(initialize), [
    'state',
    'result',
    'measurements',
  ]);
  check.atServer('measurements', measurements!);
  return { kind: 'measured-process', initialize, next };
}

/** A process of several: TypeScript knows its parts, but not their members. */
export type ComposedProcess = MeasuredProcess<
  FederatedComputation<null, SomeAtServer>,
  FederatedComputation<
    Type | null,
    StructType<{ readonly state: SomeAtServer; readonly result: Type; readonly measurements: SomeAtServer }>
  >
>;

type SomeAtServer = FederatedType<Type, 'SERVER', true>;

/** Steps by name, in order. */
export interface ProcessesByName {
  readonly [name: string]: ProcessComputations;
}

/**
 * One process that runs `steps` in order: the first takes the input, each later one the result before it. State
 * and measurements are structs by the steps' names. A step takes its input as the first parameter next to `state`;
 * what else it takes, such as `weight`, is a parameter of the chain too, by the same name. Throws a
 * `TypeMismatchError` that shows both types when a result does not fit the next step.
 */
export function chain(steps: ProcessesByName): ComposedProcess {
  const check = new ProcessCheck('a chain', sourceLocation());
  kinds.record('Cannot make a chain', 'its steps', steps);
  const entries = Object.entries(steps);
  const inputs = entries.map(([name, step]) => inputsOf(check, name, step));
  entries.forEach(([name, { next }], index) => {
    const following = inputs[index + 1]?.[0];
    const result = resultType(next);
    if (following !== undefined && !accepts(following.type, result)) {
      check.fail(`the result of ${name} must fit ${formatType(following.type)}`, formatType(result));
    }
  });
  const [first] = inputs[0] ?? check.fail('need at least one step', 'none');
  const parameters = new Map([[first.name, first.type]]);
  for (const [name, type] of inputs.flatMap(([, ...others]) =>
    others.map((one) => [one.name, one.type] as const),
  )) {
    const before = parameters.get(name) ?? type;
    if (!isEquivalent(before, type)) {
      check.fail(`all steps must take the same parameter ${name}, ${formatType(before)}`, formatType(type));
    }
    parameters.set(name, type);
  }
  const initialize = initializeAll(steps);
  const next = federatedComputation(
    { state: initialize.type.result, ...Object.fromEntries(parameters) },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      let value = given[first.name]!;
      const outcomes = entries.map(([name, step], index) => {
        const state = field(given['state']!, name) as AnyServerValue;
        const outcome = stepOf(step, state, { ...given, [inputs[index]![0].name]: value });
        value = outcome.result;
        return [name, outcome] as const;
      });
      return zipOutcomes(outcomes, value);
    },
    { name: entries.map(([name]) => name).join(' then ') },
  );
  return measuredProcess({ initialize, next }) as ComposedProcess;
}

/**
 * One process that runs `steps` side by side: inputs, states, results and measurements are by the steps' names.
 * Each step takes its input as its one parameter next to `state`.
 */
export function concatenateProcesses(steps: ProcessesByName): ComposedProcess {
  const check = new ProcessCheck('a concatenation', sourceLocation());
  kinds.record('Cannot make a concatenation', 'its steps', steps);
  const entries = Object.entries(steps);
  if (entries.length === 0) check.fail('need at least one step', 'none');
  const inputs = entries.map(([name, step]) => {
    const [input, ...others] = inputsOf(check, name, step);
    if (others.length > 0) {
      check.fail(`step ${name} must take one parameter beside its state`, formatType(step.next.type));
    }
    return input;
  });
  const initialize = initializeAll(steps);
  const parameters = Object.fromEntries(entries.map(([name], index) => [name, inputs[index]!.type]));
  const next = federatedComputation(
    { state: initialize.type.result, ...parameters },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      const outcomes = entries.map(([name, step], index) => {
        const input = { [inputs[index]!.name]: given[name]! };
        return [name, stepOf(step, field(given['state']!, name) as AnyServerValue, input)] as const;
      });
      const results = Object.fromEntries(outcomes.map(([name, { result }]) => [name, result]));
      return zipOutcomes(outcomes, results);
    },
    { name: entries.map(([name]) => name).join(' beside ') },
  );
  return measuredProcess({ initialize, next }) as ComposedProcess;
}

function zipOutcomes<R>(outcomes: readonly (readonly [string, ProcessStep])[], result: R) {
  const zip = (part: 'state' | 'measurements'): AnyServerValue =>
    federatedZip(Object.fromEntries(outcomes.map(([name, outcome]) => [name, outcome[part]])));
  return { state: zip('state'), result, measurements: zip('measurements') };
}

function initializeAll(steps: ProcessesByName): FederatedComputation {
  return federatedComputation(
    null,
    () =>
      federatedZip(
        Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, startOf(step)] as const)),
      ),
    { name: 'initialize' },
  );
}

interface Input {
  readonly name: string;
  readonly type: Type;
}

/** What a step takes next to its state: at least one parameter. */
function inputsOf(
  check: ProcessCheck,
  step: string,
  process: ProcessComputations,
): readonly [Input, ...Input[]] {
  const own = check.step(step);
  own.computations(process, ['initialize', 'next']);
  const { initialize, next } = process;
  own.resultsOf(next, own.stateOf(initialize), ['state', 'result', 'measurements']);
  const [first, ...others] = next.parameters
    .filter((one) => one.name !== 'state')
    .map(({ name, type }): Input => ({ name: name as string, type }));
  if (first === undefined) {
    check.fail(`step ${step} must take a parameter beside its state`, formatType(next.type));
  }
  return [first, ...others];
}

function resultType({ type }: FederatedComputation): Type {
  return (type.result as StructType<{ readonly result: Type }>).elements.result;
}
