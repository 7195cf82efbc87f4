// Structures of tensors: between the leaves of a graph and what the user's body takes and gives, led by a type on
// the way in, and inferring one on the way out.
import { struct, structEntries, type TensorType, type Type, tensorType } from '@starling/federated-core';
import { describeValue, isPlain, refusesOtherFields } from '@starling/federated-core/plan';
import * as tf from '../../tensorflow/tf.js';
import { captureBackend } from './capture-backend.js';
import { CaptureError } from './capture-error.js';
import type { CapturedValue } from './recording.js';

/** A tensor, a number or boolean (a scalar), or a record or array of structures. */
export type TensorStructure =
  | tf.Tensor
  | number
  | boolean
  | readonly TensorStructure[]
  | { readonly [name: string]: TensorStructure };

/** A structure whose leaves are all tensors. */
export type Tensors<S> = S extends number | boolean | tf.Tensor
  ? tf.Tensor
  : { readonly [K in keyof S]: Tensors<S[K]> };

/** The type that a structure of tensors has in a signature. */
export type TypeOfStructure<S> = S extends tf.Tensor
  ? TensorType
  : S extends number
    ? TensorType<'float32'>
    : S extends boolean
      ? TensorType<'bool'>
      : S extends object
        ? { readonly kind: 'struct'; readonly elements: { readonly [K in keyof S]: TypeOfStructure<S[K]> } }
        : never;

/** A tf.js tensor that stands for a value of the graph. */
export function tensorOf(value: CapturedValue): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(captureBackend.hold(value));
}

function tensorOfLeaf(leaf: tf.Tensor | number | boolean, path: string): tf.Tensor {
  if (leaf instanceof tf.Tensor) return leaf;
  if (typeof leaf === 'number') return tf.scalar(leaf, 'float32');
  if (typeof leaf === 'boolean') return tf.scalar(leaf, 'bool');
  throw new CaptureError(
    'bad-result',
    `Cannot capture ${path}: need a tf.Tensor, a number, a boolean, or a record or array of them, got ${describe(leaf)}`,
  );
}

/** The values of the graph behind the leaves of a structure, in order. */
export function structureLeaves(structure: TensorStructure, path: string): readonly CapturedValue[] {
  return structureTensors(structure, path).map((leaf) => captureBackend.graphValue(leaf));
}

/** The leaves of a structure in order, numbers and booleans as scalars. */
export function structureTensors(structure: TensorStructure, path: string): readonly tf.Tensor[] {
  return leavesWithPaths(structure, path).map(([leaf, at]) => tensorOfLeaf(leaf, at));
}

/** The paths of the leaves of a structure, in order, such as `totals.loss`; `''` for a bare tensor. */
export function structurePaths(structure: TensorStructure): readonly string[] {
  return leavesWithPaths(structure, '').map(([, path]) => path.slice(1));
}

function leavesWithPaths(
  structure: TensorStructure,
  path: string,
): readonly (readonly [tf.Tensor | number | boolean, string])[] {
  if (isLeaf(structure)) return [[structure, path]];
  return childEntries(structure).flatMap(([name, child]) => leavesWithPaths(child, `${path}.${name}`));
}

/** The structure again, with `leaves` in place of its own. */
export function rebuildStructure(structure: TensorStructure, leaves: readonly tf.Tensor[]): unknown {
  const remaining = [...leaves];
  const rebuild = (each: TensorStructure): unknown => {
    if (isLeaf(each)) return remaining.shift();
    if (Array.isArray(each)) return each.map(rebuild);
    return Object.fromEntries(childEntries(each).map(([name, child]) => [name, rebuild(child)]));
  };
  return rebuild(structure);
}

/** Throws a `CaptureError` unless the state that a body returns has the fields and nesting of the initial one. */
export function checkForm(action: string, initial: TensorStructure, next: TensorStructure): void {
  const before = formOf(initial);
  const after = formOf(next);
  if (before === after) return;
  throw new CaptureError(
    'bad-result',
    `${action}: the body must return a state of the form of the initial one, ${before}, got ${after}`,
  );
}

/** A text that two structures share just when their fields and nesting are equal. */
function formOf(structure: TensorStructure): string {
  if (isLeaf(structure)) return '•';
  const entries = childEntries(structure);
  if (Array.isArray(structure)) return `[${entries.map(([, child]) => formOf(child)).join(',')}]`;
  return `{${entries.map(([name, child]) => `${name}:${formOf(child)}`).join(',')}}`;
}

/** The type of a structure, by the specs of its leaves. */
export function structureType(structure: TensorStructure, leaves: readonly CapturedValue[]): Type {
  const remaining = [...leaves];
  const typeOf = (each: TensorStructure): Type => {
    if (isLeaf(each)) {
      const { dtype, shape } = (remaining.shift() as CapturedValue).spec;
      return tensorType(dtype, shape);
    }
    if (Array.isArray(each)) return struct(each.map(typeOf));
    return struct(Object.fromEntries(childEntries(each).map(([name, child]) => [name, typeOf(child)])));
  };
  return typeOf(structure);
}

/** The value a type describes, with `makeLeaf` called for each tensor and `makeSequence` for each dataset. */
export function fromType(
  type: Type,
  path: string,
  makeLeaf: (type: TensorType, path: string) => unknown,
  makeSequence: (element: Type, path: string) => unknown,
): unknown {
  switch (type.kind) {
    case 'tensor':
      return makeLeaf(type, path);
    case 'struct': {
      const entries = structEntries(type).map(([name, child], index) => {
        const step = name ?? String(index);
        return [step, fromType(child, `${path}.${step}`, makeLeaf, makeSequence)] as const;
      });
      return Array.isArray(type.elements) ? entries.map(([, value]) => value) : recordOf(entries);
    }
    case 'sequence':
      return makeSequence(type.element, path);
    default:
      throw new CaptureError(
        'unsupported-type',
        `Cannot capture ${path}: a local computation takes tensors, structs and sequences, got a type of kind '${type.kind}'`,
      );
  }
}

/** A record of a body, which refuses to be asked for a field that it has not. */
function recordOf(entries: readonly (readonly [string, unknown])[]): object {
  const names = entries.map(([name]) => name);
  const prototype = refusesOtherFields(
    'a record',
    names,
    (message) => new CaptureError('no-such-field', message),
  );
  return Object.assign(Object.create(prototype) as object, Object.fromEntries(entries));
}

/** Anything but an array or a plain object; what is no tensor, number or boolean either is refused later. */
function isLeaf(structure: TensorStructure): structure is tf.Tensor | number | boolean {
  if (Array.isArray(structure)) return false;
  if (structure === null || typeof structure !== 'object') return true;
  return !isPlain(structure);
}

function childEntries(
  structure: readonly TensorStructure[] | { readonly [name: string]: TensorStructure },
): readonly (readonly [string, TensorStructure])[] {
  return Object.entries(structure);
}

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise (the body must be synchronous)';
  return value === undefined ? 'undefined (a body in braces needs return)' : describeValue(value);
}
