// What an aggregation of the user's own asks of its operators, as TypeScript types: each operator where it fits, or
// else a sentence that no operator has, and that the compiler shows. What TypeScript does not know is left to tracing.
import type { LocalComputation } from '../../program/local-computation.js';
import type { StructElements, TensorType, Type } from '../../types/types.js';
import type { HostInput } from '../../values/host-types.js';
import type { First, Misfit } from './requirements.js';

/** `zero`: a plain accumulator, or a local computation of no parameter. */
export type Zero<Z, A, M> = unknown extends Z
  ? Z
  : Z extends LocalComputation<null, infer S>
    ? Operator<Z, Misfit<AccumulatorOf<A, M>, S>, 'need a zero of the type that accumulate gives'>
    : HostInput<AccumulatorOf<A, M>>;

/** `accumulate` of (accumulator, value of type `M`) → accumulator. */
export type Accumulate<A, M> = Operator<A, AccumulateFault<A, M>, 'need (accumulator, value) → accumulator'>;

type AccumulateFault<A, M> = First<
  TwoParameters<A>,
  First<
    Unless<FitsOne<ParametersOf<A>, M>, `no parameter for ${NameOf<M>} of the clients`>,
    Unless<FitsOne<ParametersOf<A>, ResultOf<A>>, `no parameter for ${NameOf<ResultOf<A>>} that it gives`>
  >
>;

/** What the other operators are held to: the result of `accumulate`, unless that is at fault itself. */
type AccumulatorOf<A, M> = [AccumulateFault<A, M>] extends [never] ? ResultOf<A> : Type;

/** `merge` of (accumulator, accumulator) → accumulator. */
export type Merge<G, A, M> = Operator<
  G,
  First<
    TwoParameters<G>,
    First<EachMisfit<ParametersOf<G>, AccumulatorOf<A, M>>, Misfit<AccumulatorOf<A, M>, ResultOf<G>>>
  >,
  'need (accumulator, accumulator) → accumulator'
>;

/** `report` of accumulator → aggregate. */
export type Report<R, A, M> = Operator<
  R,
  R extends LocalComputation<infer P>
    ? Type extends P
      ? never
      : P extends Type
        ? Misfit<P, AccumulatorOf<A, M>>
        : 'no parameter'
    : never,
  'need accumulator → aggregate'
>;

type Operator<Given, Wrong, Need extends string> = [Wrong] extends [never]
  ? Given
  : `${Need}, got ${Wrong & string}`;

type Unless<Fits, Wrong extends string> = [Fits] extends [never] ? Wrong : never;

type ResultOf<L> = L extends LocalComputation<Type | null, infer R> ? R : Type;

/** The types of the parameters by name or position; any record where TypeScript does not know them. */
type ParametersOf<L> =
  L extends LocalComputation<infer P>
    ? P extends { readonly kind: 'struct'; readonly elements: infer E extends StructElements }
      ? E
      : StructElements
    : StructElements;

type TwoParameters<L> =
  L extends LocalComputation<infer P>
    ? Type extends P
      ? never
      : P extends { readonly kind: 'struct'; readonly elements: infer E }
        ? StructElements extends E
          ? never
          : E extends readonly unknown[]
            ? never
            : IsOne<keyof E> extends true
              ? 'one parameter'
              : never
        : P extends Type
          ? 'one parameter'
          : 'no parameter'
    : never;

type IsOne<K, All = K> = [K] extends [never]
  ? false
  : K extends unknown
    ? [All] extends [K]
      ? true
      : false
    : never;

/** The names of parameters that take a value of type `M`; `never` where none does. */
type FitsOne<E, M> = StructElements extends E
  ? 'unknown'
  : { readonly [K in keyof E]: [Misfit<E[K], M>] extends [never] ? K : never }[keyof E];

type EachMisfit<E, M> = StructElements extends E
  ? never
  : E extends readonly unknown[]
    ? never
    : { readonly [K in keyof E]: Misfit<E[K], M> }[keyof E];

/** In the sentence: `the float32`. */
type NameOf<M> = M extends TensorType<infer D> ? `the ${D}` : 'what';
