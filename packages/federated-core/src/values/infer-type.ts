// The type of a literal that a user wrote into a computation, when none was given.

import { describeValue, isPlain } from '../errors/describe-value.js';
import { ValueError } from '../errors/starling-error.js';
import {
  type DType,
  MAX_TYPE_DEPTH,
  struct,
  type TensorType,
  type Type,
  tensorType,
} from '../types/types.js';
import { isTensor, type Tensor } from './tensor.js';

/** What `inferType` gives, as far as TypeScript knows the literal. */
export type InferredType<V> = Extract<Inferred<V>, Type>;

type Inferred<V> = unknown extends V
  ? Type
  : V extends number
    ? TensorType<'float32', []>
    : V extends boolean
      ? TensorType<'bool', []>
      : V extends string
        ? TensorType<'string', []>
        : V extends bigint
          ? TensorType<'int64', []>
          : V extends Tensor<infer D>
            ? TensorType<D>
            : V extends readonly unknown[] | ArrayBufferView
              ? TensorType
              : V extends object
                ? { readonly kind: 'struct'; readonly elements: { readonly [K in keyof V]: Inferred<V[K]> } }
                : Type;

/**
 * number → float32 (JavaScript does not tell 1 from 1.0), boolean → bool, string → string, bigint → int64;
 * nested arrays of these → a tensor; typed arrays → a vector of their element type; objects → structs.
 */
export function inferType(input: unknown): Type {
  return infer(input, 1);
}

/** `depth` counts the levels so far, so that an object that holds itself ends in words. */
function infer(input: unknown, depth: number): Type {
  if (depth > MAX_TYPE_DEPTH) {
    throw new ValueError(
      '',
      `Cannot infer the type of a literal: need at most ${MAX_TYPE_DEPTH} levels, got more`,
    );
  }
  if (isTensor(input)) return tensorType(input.dtype, input.shape);
  if (ArrayBuffer.isView(input)) return inferTypedArray(input);
  if (Array.isArray(input)) {
    const element = input.length === 0 ? tensorType('float32') : (infer(input[0], depth + 1) as TensorType);
    if (element.kind !== 'tensor') {
      throw new ValueError(
        '',
        `Cannot infer the type of an array: need numbers, booleans or strings, got ${describeValue(input[0])}`,
      );
    }
    return tensorType(element.dtype, [input.length, ...element.shape]);
  }
  switch (typeof input) {
    case 'number':
      return tensorType('float32');
    case 'boolean':
      return tensorType('bool');
    case 'string':
      return tensorType('string');
    case 'bigint':
      return tensorType('int64');
    case 'object':
      if (input !== null && isPlain(input)) {
        return struct(
          Object.fromEntries(Object.entries(input).map(([name, part]) => [name, infer(part, depth + 1)])),
        );
      }
  }
  throw new ValueError(
    '',
    `Cannot infer the type of a literal: need numbers, booleans, strings or tensors, got ${describeValue(input)}`,
  );
}

function inferTypedArray(input: ArrayBufferView): TensorType {
  const dtypes: readonly (readonly [unknown, DType])[] = [
    [Float32Array, 'float32'],
    [Float64Array, 'float64'],
    [Int32Array, 'int32'],
    [BigInt64Array, 'int64'],
    [Uint8Array, 'uint8'],
  ];
  const dtype = dtypes.find(([arrayType]) => input.constructor === arrayType)?.[1];
  if (dtype === undefined) {
    throw new ValueError(
      '',
      `Cannot infer the type of a literal: no element type for ${describeValue(input)}`,
    );
  }
  return tensorType(dtype, [(input as unknown as ArrayLike<number>).length]);
}
