// Plain JavaScript values by the types that they have here: what `toValue` takes and `toHost` gives, for the editor.
import type {
  DType,
  FederatedType,
  FunctionType,
  SequenceType,
  Shape,
  StructElements,
  TensorType,
  Type,
} from '../types/types.js';
import type { Tensor } from './tensor.js';
import type { Dataset } from './value.js';

/** Any value that `toHost` gives. */
export type HostValue =
  | number
  | boolean
  | string
  | bigint
  | Tensor
  | readonly HostValue[]
  | { readonly [name: string]: HostValue };

/**
 * A value of type `T` as `evaluate` gives it: a scalar as a number, boolean, string or bigint, another tensor as a
 * `Tensor`, a struct as an object or list, a sequence as a list, a value at CLIENTS as a list of members.
 */
export type HostOf<T> = Type extends T
  ? HostValue
  : T extends TensorType<infer D, infer S>
    ? HostTensor<D, S>
    : T extends SequenceType<infer E>
      ? readonly HostOf<E>[]
      : T extends FederatedType<infer M, infer P>
        ? 'CLIENTS' | 'SERVER' extends P
          ? HostValue
          : P extends 'CLIENTS'
            ? readonly HostOf<M>[]
            : HostOf<M>
        : T extends { readonly kind: 'struct'; readonly elements: infer E }
          ? StructElements extends E
            ? HostValue
            : { readonly [K in keyof E]: HostOf<E[K]> }
          : never;

/**
 * What may be given for a value of type `T`: numbers, nested or typed arrays, tensors, objects in any order of names,
 * lists of examples or a `Dataset`. Ranges and sizes are checked when it is taken (see `toValue`).
 */
export type HostInput<T> = Type extends T
  ? unknown
  : T extends TensorType<infer D, infer S>
    ? Tensor<D> | TensorInput<D, S>
    : T extends SequenceType<infer E>
      ?
          | Dataset
          | readonly HostInput<E>[]
          | (E extends TensorType<infer D, readonly []> ? TypedArrayOf<D> : never)
      : T extends FederatedType<infer M, infer P>
        ? 'CLIENTS' | 'SERVER' extends P
          ? unknown
          : P extends 'CLIENTS'
            ? readonly HostInput<M>[]
            : HostInput<M>
        : T extends { readonly kind: 'struct'; readonly elements: infer E }
          ? StructElements extends E
            ? unknown
            : { readonly [K in keyof E]: HostInput<E[K]> }
          : T extends FunctionType
            ? never
            : unknown;

interface ScalarMap {
  readonly float32: number;
  readonly float64: number;
  readonly int32: number;
  readonly int64: bigint;
  readonly uint8: number;
  readonly bool: boolean;
  readonly string: string;
}

/** What stands for an element of a tensor. */
interface ScalarInputMap extends Omit<ScalarMap, 'int32' | 'int64' | 'uint8'> {
  readonly int32: number | bigint;
  readonly int64: bigint | number;
  readonly uint8: number | bigint;
}

type HostTensor<D extends DType, S extends Shape> = number extends S['length']
  ? ScalarMap[D] | Tensor<D>
  : S extends readonly []
    ? ScalarMap[D]
    : Tensor<D>;

type TensorInput<D extends DType, S extends Shape> = number extends S['length']
  ? ScalarInputMap[D] | AnyNested<ScalarInputMap[D]> | TypedArrayOf<D>
  : S extends readonly []
    ? ScalarInputMap[D]
    : Nested<ScalarInputMap[D], S> | TypedArrayOf<D>;

/** Arrays as deep as a shape is long. */
type Nested<Item, S extends Shape> = S extends readonly [unknown, ...infer Rest extends Shape]
  ? readonly Nested<Item, Rest>[]
  : Item;

type AnyNested<Item> = readonly (Item | AnyNested<Item>)[];

type TypedArrayOf<D extends DType> = D extends 'string'
  ? never
  : D extends 'bool'
    ? Uint8Array
    :
        | Float32Array
        | Float64Array
        | Int8Array
        | Int16Array
        | Int32Array
        | Uint8Array
        | Uint16Array
        | Uint32Array
        | (D extends 'float32' | 'float64' ? never : BigInt64Array | BigUint64Array);
