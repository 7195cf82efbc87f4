// What the float64 reference computes with: plain arrays of numbers with a shape, read and made position by position.
// Nothing here comes from an engine.
import { sizeOf } from '@starling/federated-core/plan';
import type { Attribute, GraphDType } from '../../graph/kernel-graph.js';

export interface Values {
  readonly dtype: GraphDType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Of sums: the sum of the magnitudes of the terms, which rounding is in proportion to. */
  readonly terms?: Float64Array;
}

export interface ReferenceCall {
  readonly inputs: { readonly [name: string]: Values | readonly Values[] };
  readonly attributes: { readonly [name: string]: Attribute };
  /** What the kernel's outputs are. */
  readonly outputs: readonly { readonly dtype: GraphDType; readonly shape: readonly number[] }[];
}

/** The data of each output, in float64; integers already wrapped. */
export type Reference = (call: ReferenceCall) => readonly Outcome[];

export interface Outcome {
  readonly data: Float64Array;
  readonly terms?: Float64Array;
}

export const inputOf = (call: ReferenceCall, name = 'x'): Values => call.inputs[name] as Values;
export const listOf = (call: ReferenceCall, name: string): readonly number[] =>
  [call.attributes[name]].flat() as readonly number[];
export const numberOf = (call: ReferenceCall, name: string, fallback = 0): number =>
  Number(call.attributes[name] ?? fallback);
export const shapeOf = (call: ReferenceCall, output = 0): readonly number[] =>
  (call.outputs[output] as { shape: readonly number[] }).shape;

/** All positions of a shape, in row-major order. */
export function* positions(shape: readonly number[]): Generator<readonly number[]> {
  const position = shape.map(() => 0);
  for (let count = sizeOf(shape); count > 0; count--) {
    yield [...position];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      position[axis] = 0;
    }
  }
}

export const offsetOf = (shape: readonly number[], position: readonly number[]): number =>
  shape.reduce((offset, size, axis) => offset * size + (position[axis] as number), 0);

/** The element at a position; of a tensor of fewer or shorter axes, the one that is broadcast there. */
export function at({ shape, data }: Values, position: readonly number[]): number {
  const lead = position.length - shape.length;
  const own = shape.map((size, axis) => (size === 1 ? 0 : (position[lead + axis] as number)));
  return data[offsetOf(shape, own)] as number;
}

/** An output whose elements are given by position. */
export function filled(shape: readonly number[], element: (position: readonly number[]) => number): Outcome {
  const data = new Float64Array(sizeOf(shape));
  let index = 0;
  for (const position of positions(shape)) data[index++] = element(position);
  return { data };
}

/** An output whose elements are sums of products; positions list their terms. */
export function summed(
  shape: readonly number[],
  termsAt: (position: readonly number[]) => Iterable<number>,
  scale = 1,
): Outcome {
  const data = new Float64Array(sizeOf(shape));
  const terms = new Float64Array(sizeOf(shape));
  let index = 0;
  for (const position of positions(shape)) {
    for (const term of termsAt(position)) {
      data[index] = (data[index] as number) + term * scale;
      terms[index] = (terms[index] as number) + Math.abs(term * scale);
    }
    index++;
  }
  return { data, terms };
}

/** Modulo 2³², as int32. */
export const wrap = (whole: bigint): number => Number(BigInt.asIntN(32, whole));
