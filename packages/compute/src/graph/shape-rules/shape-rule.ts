// What a shape rule is: from the specs of a kernel's inputs and its attributes to the specs of its outputs,
// without computing a value. Capturing runs on shape rules alone.
import type { Attribute, ValueSpec } from '../kernel-graph.js';

export interface ShapeCall {
  /** By tf.js input name; a list for variadic kernels. */
  readonly inputs: { readonly [name: string]: ValueSpec | readonly ValueSpec[] };
  readonly attributes: { readonly [name: string]: Attribute };
}

export interface ShapeResult {
  readonly outputs: readonly ValueSpec[];
  /** The attributes in canonical form (kernels.ts), where that differs from what tf.js passed. */
  readonly attributes?: { readonly [name: string]: Attribute };
}

export type ShapeRule = (call: ShapeCall) => ShapeResult;

/** The one tensor that stands under `name`. */
export function inputOf(call: ShapeCall, name: string): ValueSpec {
  const input = call.inputs[name];
  if (input === undefined || Array.isArray(input)) {
    throw new TypeError(`Cannot infer a shape: input '${name}' must be one tensor`);
  }
  return input as ValueSpec;
}

export function one(spec: ValueSpec, attributes?: ShapeResult['attributes']): ShapeResult {
  return attributes === undefined ? { outputs: [spec] } : { outputs: [spec], attributes };
}

/** The attribute as a list of numbers; a single number counts as a list of one. */
export function numbersOf(call: ShapeCall, name: string): readonly number[] {
  const value = call.attributes[name];
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value as readonly number[];
  throw new TypeError(
    `Cannot infer a shape: attribute '${name}' must be numbers, got ${JSON.stringify(value)}`,
  );
}

export function numberOf(call: ShapeCall, name: string): number {
  const value = call.attributes[name];
  if (typeof value !== 'number') {
    throw new TypeError(
      `Cannot infer a shape: attribute '${name}' must be a number, got ${JSON.stringify(value)}`,
    );
  }
  return value;
}

/** An axis counted from the front. */
export function frontAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(front) && front >= 0 && front < rank)) {
    throw new RangeError(`Cannot infer a shape: axis must be within rank ${rank}, got ${axis}`);
  }
  return front;
}

/** The shape of two operands broadcast against each other. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, position) => {
    const left = a[position - rank + a.length] ?? 1;
    const right = b[position - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(
        `Cannot broadcast: dimensions must be equal or 1, got [${a.join(', ')}] and [${b.join(', ')}]`,
      );
    }
    return left === 1 ? right : left;
  });
}
