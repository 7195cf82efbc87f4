// What corrected kernels are written with: tensors of tf.js as arrays of numbers, element by element, by pairs that
// broadcast, and by lines along axes.
import { sizeOf } from '@starling/federated-core/plan';
import { broadcastShape } from '../../../graph/shape-rules/shape-rule.js';
import * as tf from '../../../tensorflow/tf.js';

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** A kernel call on a backend: inputs by name, attributes in canonical form (graph/kernels.ts). */
export interface CorrectedCall {
  readonly inputs: { readonly [name: string]: tf.Tensor };
  readonly attributes: { readonly [name: string]: unknown };
}

/** The outputs, or `null` if the backend's own kernel is right. */
export type Correction = (call: CorrectedCall) => readonly tf.Tensor[] | null;

export const input = ({ inputs }: CorrectedCall, name = 'x'): tf.Tensor => inputs[name] as tf.Tensor;

export const numbersOf = (x: tf.Tensor): Numbers => x.dataSync() as Numbers;

/**
 * A tensor that holds `count` numbers; they are converted as typed arrays do: to int32 modulo 2³², to bool as 0 and 1.
 */
export function made(dtype: tf.DataType, shape: readonly number[], at: (index: number) => number): tf.Tensor {
  const size = sizeOf(shape);
  const data =
    dtype === 'float32'
      ? new Float32Array(size)
      : dtype === 'bool'
        ? new Uint8Array(size)
        : new Int32Array(size);
  for (let index = 0; index < size; index++) data[index] = at(index);
  return tf.tensor(data, [...shape], dtype as 'float32');
}

/** Of one input of a type, element by element. */
export const each =
  (
    dtype: 'float32' | 'int32',
    f: (x: number, attributes: CorrectedCall['attributes']) => number,
  ): Correction =>
  (call) => {
    const x = input(call);
    if (x.dtype !== dtype) return null;
    const values = numbersOf(x);
    return [made(dtype, x.shape, (index) => f(values[index] as number, call.attributes))];
  };

/** Of two inputs of a type that broadcast, pair by pair; the result has their type unless another is given. */
export const pairs =
  (dtype: 'float32' | 'int32', f: (a: number, b: number) => number, result = dtype): Correction =>
  (call) => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    if (a.dtype !== dtype) return null;
    const shape = broadcastShape(a.shape, b.shape);
    const [left, right] = [numbersOf(a), numbersOf(b)];
    const [atLeft, atRight] = [positions(a.shape, shape), positions(b.shape, shape)];
    return [
      made(result, shape, (index) => f(left[atLeft(index)] as number, right[atRight(index)] as number)),
    ];
  };

/** From a position in the broadcast shape to the one in the operand. */
function positions(own: readonly number[], shape: readonly number[]): (index: number) => number {
  if (own.length === shape.length && own.every((size, axis) => size === shape[axis])) return (index) => index;
  if (sizeOf(own) === 1) return () => 0;
  const lead = shape.length - own.length;
  return (index) => {
    let rest = index;
    let position = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= lead; axis--) {
      const size = own[axis - lead] as number;
      if (size !== 1) position += (rest % (shape[axis] as number)) * stride;
      rest = Math.floor(rest / (shape[axis] as number));
      stride *= size;
    }
    return position;
  };
}

/** The elements along axes, for each position of the others, in row-major order. */
export function lines(x: tf.Tensor, axes: readonly number[]): readonly (readonly number[])[] {
  const values = numbersOf(x);
  const others = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const count = sizeOf(others.map((axis) => x.shape[axis] as number));
  const result: number[][] = Array.from({ length: count }, () => []);
  for (let index = 0; index < values.length; index++) {
    let rest = index;
    let line = 0;
    let stride = 1;
    for (let axis = x.rank - 1; axis >= 0; axis--) {
      const size = x.shape[axis] as number;
      if (!axes.includes(axis)) {
        line += (rest % size) * stride;
        stride *= size;
      }
      rest = Math.floor(rest / size);
    }
    (result[line] as number[]).push(values[index] as number);
  }
  return result;
}
