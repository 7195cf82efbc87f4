// A call of a composite kernel, as its recording function reads it.
import type * as tf from '../../tensorflow/tf.js';

export type Call = Parameters<tf.KernelFunc>[0];

/** Records the kernels that a composite consists of. */
export type Composite = (call: Call) => tf.Tensor | tf.Tensor[];

/** tf.js passes tensors where its types promise their descriptions only. */
export function tensorOf(call: Call, name: string): tf.Tensor {
  return call.inputs[name] as tf.Tensor;
}

export function tensorsOf(call: Call): tf.Tensor[] {
  return call.inputs as unknown as tf.Tensor[];
}

export function attributesOf<T>(call: Call): T {
  return (call.attrs ?? {}) as unknown as T;
}

/** An axis counted from the front. */
export function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
