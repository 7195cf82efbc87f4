// One kernel's case in the engine contract: inputs drawn from a seed, and a body that calls the kernel.
import { type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type * as tf from '../../tensorflow/tf.js';
import type { Draw } from './draw.js';

export interface DrawnCase {
  readonly inputs: readonly Tensor[];
  readonly body: (inputs: readonly tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** Whether gradients with respect to all float inputs are checked too; default true. */
  readonly differentiable?: boolean;
}

export type KernelCase = (draw: Draw) => DrawnCase;

/** A case of one float input of any shape. */
export function ofOne(
  operation: (x: tf.Tensor, draw: Draw) => tf.Tensor,
  domain: { readonly low?: number; readonly high?: number; readonly differentiable?: boolean } = {},
): KernelCase {
  return (draw) => ({
    inputs: [draw.floats(draw.shape(), domain.low, domain.high)],
    body: ([x]) => operation(x as tf.Tensor, draw),
    differentiable: domain.differentiable ?? true,
  });
}

/** A case of two float inputs that broadcast against each other. */
export function ofTwo(
  operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  domain: { readonly low?: number; readonly high?: number; readonly differentiable?: boolean } = {},
): KernelCase {
  return (draw) => {
    const [a, b] = draw.shapes();
    return {
      inputs: [draw.floats(a, domain.low, domain.high), draw.floats(b, domain.low, domain.high)],
      body: ([x, y]) => operation(x as tf.Tensor, y as tf.Tensor),
      differentiable: domain.differentiable ?? true,
    };
  };
}

/** As `ofTwo`, with no value of the one within 0.1 of any of the other. */
export function ofTwoApart(operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): KernelCase {
  return (draw) => {
    const [a, b] = draw.shapes();
    const values = draw.distinct([sizeOf(a) + sizeOf(b)]).data as Float32Array;
    return {
      inputs: [
        tensor('float32', a, values.slice(0, sizeOf(a))),
        tensor('float32', b, values.slice(sizeOf(a))),
      ],
      body: ([x, y]) => operation(x as tf.Tensor, y as tf.Tensor),
    };
  };
}

/** A case of two integer inputs that broadcast against each other, with many equal pairs. */
export function ofTwoInts(operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): KernelCase {
  return (draw) => {
    const [a, b] = draw.shapes();
    return {
      inputs: [draw.ints(a, -3, 3), draw.ints(b, -3, 3)],
      body: ([x, y]) => operation(x as tf.Tensor, y as tf.Tensor),
      differentiable: false,
    };
  };
}
