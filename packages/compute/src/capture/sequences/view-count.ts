// Numbers of a view as a body gives them: a number, or a scalar of the argument that each call reads anew. Batch
// indices are made before a graph runs, so that a number which the graph itself computes comes too late for them.
import { describeValue, optionError } from '@starling/federated-core/plan';
import type { ViewCount } from '../../graph/kernel-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { eagerCall } from '../eager/eager-call.js';
import { captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';

/**
 * The count behind `value`. Throws a `RangeError` unless a number is a positive integer, and a `CaptureError` unless a
 * tensor is an int32 scalar of the argument, as it came.
 */
export function viewCount(method: string, value: number | tf.Tensor): ViewCount {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  if (!(value instanceof tf.Tensor)) {
    const only = value === 0 ? ' (only a scalar may be 0)' : '';
    throw optionError(
      `Cannot ${method} a dataset: need a positive integer, or an int32 scalar of the argument, got ${describeValue(value)}${only}`,
    );
  }
  const call = eagerCall();
  // What it must be was checked as the body was captured.
  if (call !== null) return { leaf: call.leafOf(value) };
  const { recording, id, spec } = captureBackend.graphValue(value);
  const leaf = recording.parent === null ? recording.inputIndex(id) : -1;
  if (leaf !== -1 && spec.dtype === 'int32' && spec.shape.length === 0) return { leaf };
  throw new CaptureError(
    'computed-count',
    `Cannot ${method} a dataset: need a number, or an int32 scalar that the argument holds, got ${leaf === -1 ? 'what this body computes' : 'a parameter'}, ${spec.dtype}[${spec.shape}]. Compute it in a local computation of its own, mapped before this one, and take its result as a parameter`,
  );
}

/** `count` in the place of `before`; throws a `RangeError` if both cannot hold. `join` is for two numbers. */
export function joinCounts(
  method: string,
  before: ViewCount | null,
  count: ViewCount,
  join: (before: number, count: number) => number,
): ViewCount {
  if (before === null) return count;
  if (typeof before === 'number' && typeof count === 'number') return join(before, count);
  throw optionError(
    `Cannot ${method} a dataset twice: need one call where the count is a tensor. Join the counts before`,
  );
}
