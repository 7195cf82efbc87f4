// Where a NaN or an infinity comes from: while a body runs eagerly, each value that is not finite remembers the first
// kernel that made one of finite numbers, and so an update can say what spoiled it.
import type { Tensor } from '@starling/federated-core';
import { formatPlace, userFrames, withLongStacks } from '@starling/federated-core/plan';
import type * as tf from '../../tensorflow/tf.js';

/** Step `step` of `steps`, both from 1, of the loops around it. */
export interface StepPlace {
  readonly loop: 'sequenceReduce' | 'scan';
  readonly step: number;
  readonly steps: number;
}

/** The numbers that a kernel read. */
export interface KernelInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly least: number;
  readonly largest: number;
}

export interface NonFiniteOrigin {
  /** The kernel that made it of finite numbers; `null` if it came in with what the call was given. */
  readonly kernel: string | null;
  /** The first such number: NaN, Infinity or −Infinity. */
  readonly value: number;
  /** Name of the local computation. */
  readonly computation: string;
  /** Whether the kernel is part of a gradient, rather than of the body itself. */
  readonly inGradient: boolean;
  /** Outermost first; none outside of loops. */
  readonly steps: readonly StepPlace[];
  readonly inputs: readonly KernelInput[];
  /**
   * The user's line that called the kernel; of one in a gradient, the line that computed or last read, on the way
   * forward, what the kernel reads. `null` if no line of the user's is near.
   */
  readonly line: string | null;
}

/** What the watch must know of the place at hand. */
export interface WatchedPlace {
  readonly computation: string;
  readonly steps: readonly StepPlace[];
  readonly inGradient: boolean;
  /** Whether a gradient will be taken, so that lines must be remembered for it. */
  readonly onTape: boolean;
}

type Inputs = Readonly<Record<string, tf.Tensor>>;

export class NonFiniteWatch {
  /** By tf.js's id of the data. */
  readonly #origins = new WeakMap<object, NonFiniteOrigin>();
  /** By the array that holds the numbers: from one local computation to the next. */
  readonly #ofArrays = new WeakMap<object, NonFiniteOrigin>();
  /** Where values were last read or made on the way forward; a stack is put into words only when asked for. */
  readonly #forward = new WeakMap<object, Error>();

  /** Where the numbers of a tensor went wrong; `null` if they are finite, or never passed here. */
  originOf({ data }: Tensor): NonFiniteOrigin | null {
    return this.#ofArrays.get(data) ?? null;
  }

  /** A tensor that a call is given. */
  entered(given: Tensor, tensor: tf.Tensor, place: WatchedPlace): void {
    const value = nonFinite(tensor);
    if (value === null) return;
    const cameIn = { ...place, kernel: null, value, inputs: [], line: null };
    this.#origins.set(tensor.dataId, this.#ofArrays.get(given.data) ?? originAt(cameIn));
  }

  /** A tensor that a call gives back. */
  left(tensor: tf.Tensor, given: Tensor): void {
    const origin = this.#origins.get(tensor.dataId);
    if (origin !== undefined && nonFinite(tensor) !== null) this.#ofArrays.set(given.data, origin);
  }

  /** After a kernel has run. */
  ran(kernel: string, inputs: Inputs, outputs: readonly tf.Tensor[], place: WatchedPlace): void {
    const read = Object.values(inputs);
    if (place.onTape) {
      const here = stackHere();
      for (const { dataId } of [...read, ...outputs]) this.#forward.set(dataId, here);
    }
    for (const output of outputs) {
      const value = nonFinite(output);
      // A view of other data keeps what is known of that.
      if (value === null || this.#origins.has(output.dataId)) continue;
      const inherited = read
        .map(({ dataId }) => this.#origins.get(dataId))
        .find((each) => each !== undefined);
      this.#origins.set(output.dataId, inherited ?? this.#made(kernel, value, inputs, place));
    }
  }

  #made(kernel: string, value: number, inputs: Inputs, place: WatchedPlace): NonFiniteOrigin {
    const stack = place.inGradient
      ? Object.values(inputs)
          .map(({ dataId }) => this.#forward.get(dataId))
          .find((each) => each !== undefined)
      : stackHere();
    const [frame] = stack === undefined ? [] : userFrames(stack);
    const line = frame === undefined ? null : formatPlace(frame);
    const read = Object.entries(inputs).map(([name, tensor]) => inputOf(name, tensor));
    return originAt({ ...place, kernel, value, inputs: read, line });
  }
}

function originAt(given: NonFiniteOrigin): NonFiniteOrigin {
  const { kernel, value, computation, inGradient, steps, inputs, line } = given;
  return { kernel, value, computation, inGradient, steps: [...steps], inputs, line };
}

function stackHere(): Error {
  return withLongStacks(() => new Error());
}

function inputOf(name: string, tensor: tf.Tensor): KernelInput {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of tensor.dataSync()) {
    least = Math.min(least, number);
    largest = Math.max(largest, number);
  }
  return { name, shape: [...tensor.shape], least, largest };
}

/** The first number that is not finite; `null` if there is none. */
function nonFinite(tensor: tf.Tensor): number | null {
  if (tensor.dtype !== 'float32') return null;
  const numbers = tensor.dataSync<'float32'>();
  for (let index = 0; index < numbers.length; index++) {
    if (!Number.isFinite(numbers[index])) return numbers[index] as number;
  }
  return null;
}
