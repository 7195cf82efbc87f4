// The template of a step that also measures: a state, a result, and measurements for the log. Steps compose: a
// chain feeds each result to the next step, a concatenation runs steps side by side.

import { CLIENT_STATE } from '../compile/client-state.js';
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
import { clientParts, type ProcessesByName } from './client-parts.js';
import type { ProcessComputations } from './process-computations.js';
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

/**
 * A measured process from its computations: with `initializeClient` its clients keep a state, too, which `next` takes
 * as `clientState` and returns. Throws a `TypeMismatchError` with both types when they do not fit.
 */
export function measuredProcess<
  I extends FederatedComputation,
  N extends FederatedComputation,
  K extends FederatedComputation = never,
>(computations: FittingComputations<I, K, N, 'result' | 'measurements'>): MeasuredProcess<I, N> {
  const check = new ProcessCheck('a measured process', sourceLocation());
  check.computations(computations, ['initialize', 'next']);
  const process = computations as ProcessComputations<I, N>;
  const { initialize, initializeClient, next } = process;
  const { measurements } = check.partsOf(process, ['result', 'measurements']);
  check.atServer('measurements', measurements!);
  return {
    kind: 'measured-process',
    initialize,
    next,
    ...(initializeClient !== undefined && { initializeClient }),
  };
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
  const kept = clientParts(steps);
  const next = federatedComputation(
    { state: initialize.type.result, ...kept.parameter, ...Object.fromEntries(parameters) },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      let value = given[first.name]!;
      const outcomes = entries.map(([name, step], index) => {
        const state = field(given['state']!, name) as AnyServerValue;
        const own = { clientState: kept.of(given, name) };
        const outcome = stepOf(step, state, { ...given, ...own, [inputs[index]![0].name]: value });
        value = outcome.result;
        return [name, outcome] as const;
      });
      return { ...zipOutcomes(outcomes, value), ...kept.join(Object.fromEntries(outcomes)) };
    },
    { name: entries.map(([name]) => name).join(' then ') },
  );
  return measuredProcess({ initialize, ...kept.initialize, next } as never) as ComposedProcess;
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
  const kept = clientParts(steps);
  const parameters = Object.fromEntries(entries.map(([name], index) => [name, inputs[index]!.type]));
  const next = federatedComputation(
    { state: initialize.type.result, ...kept.parameter, ...parameters },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      const outcomes = entries.map(([name, step], index) => {
        const state = field(given['state']!, name) as AnyServerValue;
        const clientState = kept.of(given, name);
        return [name, stepOf(step, state, { [inputs[index]!.name]: given[name]!, clientState })] as const;
      });
      const results = Object.fromEntries(outcomes.map(([name, { result }]) => [name, result]));
      return { ...zipOutcomes(outcomes, results), ...kept.join(Object.fromEntries(outcomes)) };
    },
    { name: entries.map(([name]) => name).join(' beside ') },
  );
  return measuredProcess({ initialize, ...kept.initialize, next } as never) as ComposedProcess;
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
  own.partsOf(process, ['result', 'measurements']);
  const { initializeClient, next } = process;
  const states = ['state', ...(initializeClient === undefined ? [] : [CLIENT_STATE])];
  const [first, ...others] = next.parameters
    .filter((one) => !states.includes(one.name as string))
    .map(({ name, type }): Input => ({ name: name as string, type }));
  if (first === undefined) {
    check.fail(`step ${step} must take a parameter beside its state`, formatType(next.type));
  }
  return [first, ...others];
}

function resultType({ type }: FederatedComputation): Type {
  return (type.result as StructType<{ readonly result: Type }>).elements.result;
}
