// The template of a step that also measures: a state, a result, and measurements for the log. Steps compose: a
// chain feeds each result to the next step, a concatenation runs steps side by side.
import { sourceLocation } from '../errors/source-location.js';
import { call } from '../expression/call.js';
import { type FederatedComputation, federatedComputation } from '../expression/federated-computation.js';
import { field, type ServerValue, type SymbolicValue } from '../expression/symbolic-value.js';
import { federatedZip } from '../intrinsics/federated-zip.js';
import { formatType } from '../types/format.js';
import { type FederatedType, type StructType, struct, type Type } from '../types/types.js';
import type { ProcessComputations } from './iterative-process.js';
import { ProcessCheck, takes } from './process-types.js';

export interface MeasuredProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends ProcessComputations<I, N> {
  readonly kind: 'measured-process';
  /** (<state=S@SERVER, input…> -> <state=S@SERVER,result=R,measurements=M@SERVER>). */
  readonly next: N;
}

/** A measured process from its two computations; throws a `TypeMismatchError` with both types where they do not fit. */
export function measuredProcess<I extends FederatedComputation, N extends FederatedComputation>({
  initialize,
  next,
}: ProcessComputations<I, N>): MeasuredProcess<I, N> {
  const check = new ProcessCheck('a measured process', sourceLocation());
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
 * and measurements are structs by the steps' names. Each step takes its input as its one parameter beside
 * `state`. Throws a `TypeMismatchError` that shows both types where a result does not fit the next step.
 */
export function chain(steps: ProcessesByName): ComposedProcess {
  const check = new ProcessCheck('a chain', sourceLocation());
  const entries = Object.entries(steps);
  const inputs = entries.map(([name, step]) => inputOf(check, name, step));
  entries.forEach(([name, { next }], index) => {
    const following = inputs[index + 1];
    const result = resultType(next);
    if (following !== undefined && !takes(following.type, result)) {
      check.fail(`the result of ${name} must fit ${formatType(following.type)}`, formatType(result));
    }
  });
  const first = inputs[0] ?? check.fail('need at least one step', 'none');
  const initialize = initializeAll(steps);
  const next = federatedComputation(
    { state: initialize.type.result, [first.name]: first.type },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      let value = given[first.name]!;
      const outcomes = entries.map(([name, step], index) => {
        const outcome = runStep(step, field(given['state']!, name), { [inputs[index]!.name]: value });
        value = outcome.result;
        return [name, outcome] as const;
      });
      return { ...zipOutcomes(outcomes), result: value };
    },
    { name: entries.map(([name]) => name).join(' then ') },
  );
  return measuredProcess({ initialize, next }) as ComposedProcess;
}

/**
 * One process that runs `steps` side by side: inputs, states, results and measurements are by the steps' names.
 * Each step takes its input as its one parameter beside `state`.
 */
export function concatenateProcesses(steps: ProcessesByName): ComposedProcess {
  const check = new ProcessCheck('a concatenation', sourceLocation());
  const entries = Object.entries(steps);
  if (entries.length === 0) check.fail('need at least one step', 'none');
  const inputs = entries.map(([name, step]) => inputOf(check, name, step));
  const initialize = initializeAll(steps);
  const parameters = Object.fromEntries(entries.map(([name], index) => [name, inputs[index]!.type]));
  const next = federatedComputation(
    { state: initialize.type.result, ...parameters },
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      const outcomes = entries.map(([name, step], index) => {
        const input = { [inputs[index]!.name]: given[name]! };
        return [name, runStep(step, field(given['state']!, name), input)] as const;
      });
      const results = Object.fromEntries(outcomes.map(([name, { result }]) => [name, result]));
      return { ...zipOutcomes(outcomes), result: results };
    },
    { name: entries.map(([name]) => name).join(' beside ') },
  );
  return measuredProcess({ initialize, next }) as ComposedProcess;
}

interface Outcome {
  readonly state: ServerValue;
  readonly result: SymbolicValue;
  readonly measurements: ServerValue;
}

function runStep(
  { next }: ProcessComputations,
  state: SymbolicValue,
  input: Record<string, SymbolicValue>,
): Outcome {
  const outcome = call(next, { state, ...input });
  return {
    state: field(outcome, 'state') as ServerValue,
    result: field(outcome, 'result'),
    measurements: field(outcome, 'measurements') as ServerValue,
  };
}

function zipOutcomes(outcomes: readonly (readonly [string, Outcome])[]): {
  readonly state: ServerValue;
  readonly measurements: ServerValue;
} {
  const zip = (part: 'state' | 'measurements'): ServerValue =>
    federatedZip(Object.fromEntries(outcomes.map(([name, outcome]) => [name, outcome[part]])));
  return { state: zip('state'), measurements: zip('measurements') };
}

function initializeAll(steps: ProcessesByName): FederatedComputation {
  return federatedComputation(
    null,
    () =>
      federatedZip(
        Object.fromEntries(
          Object.entries(steps).map(([name, { initialize }]) => [name, call(initialize) as ServerValue]),
        ),
      ),
    { name: 'initialize' },
  );
}

function inputOf(
  check: ProcessCheck,
  name: string,
  { initialize, next }: ProcessComputations,
): { readonly name: string; readonly type: Type } {
  check.resultsOf(next, check.stateOf(initialize), ['state', 'result', 'measurements']);
  const inputs = next.parameters.filter((one) => one.name !== 'state');
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined) {
    check.fail(`step ${name} must take one parameter beside its state`, formatType(next.type));
  }
  return { name: input.name as string, type: input.type };
}

function resultType({ type }: FederatedComputation): Type {
  return type.result.kind === 'struct'
    ? (type.result.elements as Record<string, Type>)['result']!
    : struct([]);
}
