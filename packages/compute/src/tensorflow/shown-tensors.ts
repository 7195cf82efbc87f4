// Tensors as `console.log` shows them: by their numbers, in place of the fields of tf.js's object.
import * as tf from './tf.js';

/** Node looks for a method of this name, wherever a value stands in what is printed. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** From now on `console.log(x)` shows element type, shape and values of a tensor `x`. */
export function showTensors(): void {
  Object.defineProperty(tf.Tensor.prototype, INSPECT, {
    configurable: true,
    value(this: tf.Tensor): string {
      const type = `Tensor ${this.dtype}[${this.shape.join(',')}]`;
      return this.isDisposed ? `${type}, disposed` : this.toString().replace('Tensor', type);
    },
  });
}
