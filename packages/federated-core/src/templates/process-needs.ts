// What processes ask of their computations, as TypeScript types: each computation where it fits, or else a sentence
// that no computation has, and that the compiler shows. What TypeScript does not know is left to `process-types.ts`.
import type { FederatedComputation } from '../computations/federated-computation.js';
import type { First, Misfit } from '../intrinsics/framework/requirements.js';
import type { FederatedType, Placement, StructElements, Type } from '../types/types.js';

/**
 * The computations of a process whose `next` returns the state and these parts. `K`: `never` where clients keep no
 * state.
 */
export interface FittingComputations<I, K, N, Part extends string> {
  readonly initialize: Or<I, InitializeFault<I>>;
  readonly initializeClient?: Or<K, InitializeFault<K, 'CLIENTS'>>;
  readonly next: Or<
    N,
    IsKnown<K> extends false
      ? NextFault<I, N, 'state' | Part>
      : First<NextFault<I, N, 'state' | 'clientState' | Part>, RoundFault<K, N, 'clientState', 'CLIENTS'>>
  >;
}

/** Not of `never`, nor of any computation, as of a process that may or may not have one. */
type IsKnown<K> = [K] extends [never] ? false : FederatedComputation extends K ? false : true;

type Or<Given, Fault> = [Fault] extends [never] ? Given : Fault;

type InitializeFault<I, Place extends Placement = 'SERVER'> =
  I extends FederatedComputation<infer P, infer R>
    ? First<
        null extends P ? never : HasFields<P> extends false ? never : 'need a computation of no parameter',
        [StateOf<R, Place>] extends ['elsewhere']
          ? `need one state at ${Place} (federatedZip makes one of several)`
          : never
      >
    : never;

type NextFault<I, N, Part extends string> =
  N extends FederatedComputation<infer P, infer R>
    ? FieldOf<P, 'state'> extends infer Taken
      ? [Taken] extends [never]
        ? 'need a parameter state'
        : First<
            StateFault<Taken, StartOf<I>, 'need the parameter state of the type that initialize gives'>,
            First<
              MissingPart<R, Part>,
              StateFault<Taken, FieldOf<R, 'state'>, 'need to return the state in the type that it comes in'>
            >
          >
      : never
    : never;

/** What is wrong with how a state of clients goes round, by its name. */
type RoundFault<K, N, Name extends string, Place extends Placement> =
  N extends FederatedComputation<infer P, infer R>
    ? FieldOf<P, Name> extends infer Taken
      ? [Taken] extends [never]
        ? `need a parameter ${Name}`
        : First<
            StateFault<
              Taken,
              StartOf<K, Place>,
              `need the parameter ${Name} of the type that initializeClient gives`,
              Place
            >,
            StateFault<Taken, FieldOf<R, Name>, `need to return ${Name} in the type that it comes in`, Place>
          >
      : never
    : never;

/** Whether a parameter has fields: a record of none is no parameter. */
type HasFields<P> = P extends { readonly kind: 'struct'; readonly elements: infer E }
  ? [keyof E] extends [never]
    ? false
    : true
  : true;

/** What `initialize` gives, if it is a state at all. */
type StartOf<I, Place extends Placement = 'SERVER'> =
  I extends FederatedComputation<Type | null, infer R>
    ? [StateOf<R, Place>] extends ['elsewhere']
      ? Type
      : R
    : Type;

/** `Need` and what is wrong where a state of type `Given` does not fit one of type `Taken`. */
type StateFault<Taken, Given, Need extends string, Place extends Placement = 'SERVER'> = [Given] extends [
  never,
]
  ? never
  : [StateOf<Given, Place>] extends ['elsewhere']
    ? `need the state as one value at ${Place} (federatedZip makes one of several)`
    : [Misfit<StateOf<Taken, Place>, StateOf<Given, Place>>] extends [never]
      ? never
      : `${Need}, got ${Misfit<StateOf<Taken, Place>, StateOf<Given, Place>> & string}`;

/** The member of a state in its place; `Type` where that is not known. */
type StateOf<T, Place extends Placement = 'SERVER'> = Type extends T
  ? Type
  : T extends FederatedType<infer M, infer P>
    ? Place extends P
      ? M
      : 'elsewhere'
    : 'elsewhere';

/** A field of a struct: `Type` where it is not known, `never` where there is no such field. */
type FieldOf<T, K extends string> = Type extends T
  ? Type
  : T extends { readonly kind: 'struct'; readonly elements: infer E }
    ? StructElements extends E
      ? Type
      : K extends keyof E
        ? E[K]
        : never
    : never;

type MissingPart<R, Part extends string> = Part extends string
  ? [FieldOf<R, Part>] extends [never]
    ? `need to return { state, … }, got no ${Part}`
    : never
  : never;
