// What the engine contract draws its cases from: shapes and tensors of a seed. Floats keep a distance of 0.05 from all
// multiples of 0.5, where kernels have kinks and jumps, so that rounding cannot change a side.
import { type Generator, generator, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';

export class Draw {
  readonly #generator: Generator;

  constructor(seed: number) {
    this.#generator = generator(seedFrom(seed));
  }

  /** An integer from low to high, both included. */
  int(low: number, high: number): number {
    return low + this.#generator.below(high - low + 1);
  }

  coin(): boolean {
    return this.int(0, 1) === 1;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)] as T;
  }

  /** A shape of 1 to 4 axes of 1 to 4 elements. */
  shape(lowRank = 1, highRank = 4): number[] {
    return Array.from({ length: this.int(lowRank, highRank) }, () => this.int(1, 4));
  }

  /** Two shapes that broadcast against each other. */
  shapes(): readonly [number[], number[]] {
    const whole = this.shape();
    const part = whole.map((size) => (this.coin() ? size : 1)).slice(this.int(0, whole.length));
    return this.coin() ? [whole, part] : [part, whole];
  }

  /** Some axes of a rank, at least one. */
  axes(rank: number): number[] {
    const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => this.coin());
    return axes.length === 0 ? [this.int(0, rank - 1)] : axes;
  }

  /** Floats in [low, high), which are multiples of 0.5. */
  floats(shape: readonly number[], low = -2, high = 2): Tensor {
    const cells = (high - low) * 2;
    const values = Array.from(
      { length: sizeOf(shape) },
      () => low + (this.int(0, cells - 1) + 0.1 + 0.8 * this.#generator.uniform()) / 2,
    );
    return tensor('float32', shape, Float32Array.from(values));
  }

  /** Floats that differ from each other by at least 0.1, in any order. */
  distinct(shape: readonly number[]): Tensor {
    const order = this.#generator.permutation(sizeOf(shape));
    return tensor(
      'float32',
      shape,
      Float32Array.from(order, (position) => 0.1 * position - 0.73),
    );
  }

  /** Integers from low to high, both included. */
  ints(shape: readonly number[], low: number, high: number): Tensor {
    return tensor(
      'int32',
      shape,
      Int32Array.from({ length: sizeOf(shape) }, () => this.int(low, high)),
    );
  }
}
