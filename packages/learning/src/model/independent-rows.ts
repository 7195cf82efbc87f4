// Losses and metrics give each example a number of its own: one that looks at the other rows of its batch would count
// rows of padding, and would give a full batch taken in parts another gradient than the whole. Mostly that is a slip:
// tf.js broadcasts [B] and [B, 1] to [B, B], whose mean over the last axis has the right shape and the wrong numbers.
// So each is called twice when a model is made, on made-up examples, before anything is traced.
import { tf } from '@starling/compute';
import { structEntries, type TensorType, type Type } from '@starling/federated-core';
import { ignoreRejections, optionError, withoutFrozenSources } from '@starling/federated-core/plan';
import type { Batch } from './model.js';

/**
 * Two batches with two examples in common, in other places and among others; neither is of 1, which hides a broadcast.
 */
const FIRST = [0, 1, 2];
const SECOND = [2, 3, 0, 4];
const COMMON = [0, 2];
/** Backends round in their own ways, relative to the larger number. */
const TOLERANCE = 1e-3;

/**
 * Throws a `RangeError` that names the model and `what`, and ends with `advice`, where `compute` gives an example of
 * made-up rows another number in another batch. Where it cannot be computed on these rows, nothing is known.
 */
export function checkIndependentRows(
  model: string,
  what: string,
  compute: (rows: readonly number[]) => tf.Tensor,
  advice: string,
): void {
  const first = numbersOf(compute, FIRST);
  const second = first === null ? null : numbersOf(compute, SECOND);
  if (first === null || second === null) return;
  const isSame = COMMON.every((row) =>
    areClose(first[FIRST.indexOf(row)] as number, second[SECOND.indexOf(row)] as number),
  );
  if (isSame) return;
  throw optionError(
    `Cannot make ${model}: ${what} must give each example a number that the other examples of its batch leave as it is, got one that depends on them. ${advice}`,
  );
}

/** The made-up examples of these rows, as a batch. */
export function exampleBatch(type: Type, rows: readonly number[], leaf = 'x'): Batch {
  if (type.kind === 'tensor') return exampleTensor(type, rows, leaf);
  if (type.kind !== 'struct') throw new TypeError(`Cannot make examples of a ${type.kind}`);
  const parts = structEntries(type).map(([name, part], index) => {
    const step = name ?? String(index);
    return [step, exampleBatch(part, rows, `${leaf}.${step}`)] as const;
  });
  return Array.isArray(type.elements) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

/** [rows, …]: floats within (0, 1), integers that are 0 or 1 and so are classes, and bools. */
export function exampleTensor({ dtype, shape }: TensorType, rows: readonly number[], leaf = 'x'): tf.Tensor {
  const sizes = shape.map((size) => size ?? 1);
  const size = sizes.reduce((product, next) => product * next, 1);
  const start = [...leaf].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  const isFloat = dtype === 'float32';
  const values = rows.flatMap((row) =>
    Array.from({ length: size }, (_, at) =>
      isFloat ? fraction(Math.imul(start, 65_537) + row * 7919 + at) : (row + at) % 2,
    ),
  );
  const tensorType = isFloat || dtype === 'bool' ? dtype : 'int32';
  return tf.tensor(values, [rows.length, ...sizes], tensorType);
}

/** A number within (0, 1) that looks like chance: the finisher of MurmurHash3 (Appleby, 2008). */
export function fraction(index: number): number {
  let bits = Math.imul(index ^ (index >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (((bits ^ (bits >>> 16)) >>> 8) + 0.5) / 2 ** 24;
}

/** `null` if rows of zeros and ones are no examples, or the result is not one number for each: the trace tells more. */
function numbersOf(
  compute: (rows: readonly number[]) => tf.Tensor,
  rows: readonly number[],
): ArrayLike<number> | null {
  let numbers: ArrayLike<number> | null = null;
  try {
    tf.tidy(() => {
      // Random numbers differ from call to call; tracing refuses them in words.
      const result = withoutFrozenSources(
        (source) => new Error(source),
        () => ignoreRejections(compute(rows)),
      );
      if (result.rank === 1 && result.size === rows.length) numbers = result.dataSync();
    });
    return numbers;
  } catch {
    return null;
  }
}

function areClose(one: number, other: number): boolean {
  if (!Number.isFinite(one) || !Number.isFinite(other)) return Object.is(one, other);
  return Math.abs(one - other) <= TOLERANCE * Math.max(Math.abs(one), Math.abs(other), 1e-6);
}
