// A call of a tf.js kernel, as functions that stand in for the kernel read it.
import type * as tf from '@tensorflow/tfjs-core';

export type Call = Pick<Parameters<tf.KernelFunc>[0], 'inputs' | 'attrs'>;

/** Says a kernel in other kernels. */
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
