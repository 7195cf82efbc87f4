// What the parts of a learning process share: each is a process of the language, with a state at the server, a result
// that the next part takes, and measurements for the log; and, where it says what clients start with, a state of each
// client, which that client keeps. A part is made from the bodies of its start and its step.
import {
  type AnyClientsValue,
  type AnyServerValue,
  type FederatedComputation,
  federatedComputation,
  keptFrom,
  type MeasuredProcess,
  measuredProcess,
  type SymbolicValue,
  type Type,
} from '@starling/federated-core';
import { type Check, checkOptions, hasMethods, kinds, ofKind, required } from '@starling/federated-core/plan';

/** What a step of a part returns; `R` is its result. */
export interface PartStep<R> {
  /** The state after the round, of the type that it came in. */
  readonly state: AnyServerValue;
  readonly result: R;
  /** At the server, for the log: `nothing()` of `@starling/aggregators` where there are none. */
  readonly measurements: AnyServerValue;
  /** What each client keeps after the round, of a part that says what clients start with. */
  readonly clientState?: AnyClientsValue;
}

export interface PartOptions<I, R> {
  /** For errors and logs. */
  readonly name: string;
  /** The state before the first round, at the server; `nothing` of `@starling/aggregators` for a part without. */
  readonly start: () => AnyServerValue;
  /**
   * What each client keeps before its first round, at CLIENTS; left out of a part whose clients keep nothing. It never
   * leaves its client: `step` gets it as `clientState` of its input, and returns what is kept of it.
   */
  readonly startClient?: (() => AnyClientsValue) | undefined;
  /** From the state and what the part takes to the state after the round, the result and the measurements. */
  readonly step: (state: AnyServerValue, input: I & KeptInput) => PartStep<R>;
}

/** What a step gets beside what its kind of part takes. */
export interface KeptInput {
  /** What each client has kept; there where the part says what clients start with. */
  readonly clientState?: AnyClientsValue;
}

/** The process of a part that takes values of these types; both bodies are traced. */
export function partOf<I, R>(
  action: string,
  { name, start, startClient, step }: PartOptions<I, R>,
  inputs: { readonly [name: string]: Type },
): MeasuredProcess {
  const initialize: FederatedComputation = federatedComputation(null, start, { name: `${name} start` });
  const kept = keptFrom(name, startClient);
  const next = federatedComputation(
    { state: initialize.type.result, ...kept.parameter, ...inputs },
    (given) => {
      const { state, ...input } = given as unknown as { readonly [input: string]: SymbolicValue };
      const after = step(state as AnyServerValue, input as I & KeptInput);
      kinds.record(action, `what the step of ${name} returns`, after);
      const { result, measurements, clientState } = after;
      return {
        state: after.state,
        ...kept.returned(action, `what the step of ${name} returns`, clientState),
        result: result as SymbolicValue,
        measurements,
      };
    },
    { name },
  );
  return measuredProcess({ initialize, ...kept.initialize, next } as never);
}

/** Throws a `RangeError` unless `options` are those of a part, and further ones that `own` names. */
export function checkPartOptions<O extends PartOptions<never, unknown>>(
  action: string,
  options: O,
  own: { readonly [N in Exclude<keyof O, keyof PartOptions<never, unknown>>]-?: Check },
): void {
  const checks = Object.entries<Check>(own).map(([option, check]) => [option, required(check)] as const);
  checkOptions<PartOptions<never, unknown>>(action, options, {
    name: required(kinds.text),
    start: required(kinds.callable),
    startClient: kinds.callable,
    step: required(kinds.callable),
    ...Object.fromEntries(checks),
  });
}

/** The check of a part, for tables of options: `need` completes "must be". */
export const partKind = (need: string): Check =>
  ofKind({ need, fits: (value) => hasMethods(value, ['create']) });
