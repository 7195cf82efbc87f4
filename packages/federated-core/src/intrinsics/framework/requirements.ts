// The constraints of signatures (constraints.ts) as TypeScript types, so that a sum of strings is a red line in the
// editor. Each is `unknown`, which asks for nothing, unless the element types are known and do not fit; then it is a
// sentence that no value has, and that the compiler shows. What TypeScript does not know is left to tracing.
import type {
  DType,
  FunctionType,
  SequenceType,
  StructElements,
  TensorType,
  Type,
} from '../../types/types.js';

type Numeric = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8';

/** Numbers alone or in structs, for sums and extremes. */
export type Summable<M> = Unless<
  LeafOtherThan<M, Numeric>,
  'need numbers: map a bool to float32 or int32 first'
>;

/** Floats alone or in structs, for means. */
export type Averageable<M> = Unless<
  LeafOtherThan<M, 'float32' | 'float64'>,
  'need float32 or float64, since a mean is a fraction: map to float32 first'
>;

/** int32 or int64 alone or in structs, for secure sums. */
export type Integers<M> = Unless<LeafOtherThan<M, 'int32' | 'int64'>, 'need int32 or int64'>;

/** One number, for weights. */
export type Weight<M> = Unless<
  Type extends M
    ? never
    : M extends TensorType<DType, infer S>
      ? number extends S['length']
        ? LeafOtherThan<M, Numeric>
        : S extends readonly []
          ? LeafOtherThan<M, Numeric>
          : 'a tensor'
      : M extends TensorType
        ? never
        : 'no tensor',
  'need one number with each client'
>;

/** Arguments that a local computation with a parameter of type `P` takes: kinds, names and element types. */
export type Fitting<P, M, V> = [Misfit<P, M>] extends [never]
  ? V
  : `need what the local computation takes, got ${Misfit<P, M> & string}`;

/** What does not fit a parameter of type `P` in a value of type `M`; `never` when all does, or is not known. */
export type Misfit<P, M> = Type extends P
  ? never
  : Type extends M
    ? never
    : M extends { readonly elements: never }
      ? never // a part of a record that may be missing
      : P extends TensorType<infer D>
        ? M extends TensorType<infer E>
          ? DType extends E
            ? never
            : [Exclude<E, D>] extends [never]
              ? never
              : `${Exclude<E, D>} for ${D}`
          : `a ${KindOf<M>} for ${D}`
        : P extends { readonly kind: 'struct'; readonly elements: infer F }
          ? M extends { readonly kind: 'struct'; readonly elements: infer G }
            ? MisfitOfFields<F, G>
            : M extends TensorType
              ? 'a tensor for a struct'
              : never
          : never;

type KindOf<M> = M extends { readonly kind: infer K extends string } ? K : 'value';

/** Of records by their names; positions are left to tracing. */
type MisfitOfFields<F, G> = StructElements extends F | G
  ? never
  : F extends readonly unknown[]
    ? never
    : G extends readonly unknown[]
      ? never
      : { readonly [K in keyof F]: K extends keyof G ? Misfit<F[K], G[K]> : `no ${K & string}` }[keyof F];

/** What a misfit is called in the sentence, or `never` when everything fits or is not known. */
type LeafOtherThan<M, Allowed extends DType> = Type extends M
  ? never
  : M extends TensorType<infer D>
    ? DType extends D
      ? never
      : Exclude<D, Allowed>
    : M extends { readonly kind: 'struct'; readonly elements: infer E }
      ? StructElements extends E
        ? never
        : E extends readonly (infer F)[]
          ? LeafOtherThan<F, Allowed>
          : { readonly [K in keyof E]: LeafOtherThan<E[K], Allowed> }[keyof E]
      : M extends SequenceType | FunctionType
        ? M['kind']
        : never;

type Unless<Wrong, Need extends string> = [Wrong] extends [never]
  ? unknown
  : `${Need}, got ${Wrong & string}`;

/** The first of two faults that there is; `never` when there is none. */
export type First<One, Other> = [One] extends [never] ? Other : One;
