// How many clients a lane has: decided from the types of the updates alone, so that every runtime and worker
// count sums in the same order.
import { leafTypes } from '../types/leaves.js';
import type { Type } from '../types/types.js';
import { bytesPerElement } from '../values/tensor.js';

/** From this size on, an update's sums no longer stay in a core's cache, and a lane is one client. */
const LARGE_UPDATE_BYTES = 2 ** 20;
const SMALL_UPDATE_LANE = 5;

/** 1 when the updates of a client come to 1 MiB or more, or to an unknown size; else 5. */
export function defaultLaneSize(updates: readonly Type[]): number {
  const bytes = updates.reduce((total, update) => total + (bytesOf(update) ?? Number.POSITIVE_INFINITY), 0);
  return bytes >= LARGE_UPDATE_BYTES ? 1 : SMALL_UPDATE_LANE;
}

/** Bytes of a value's tensors; null when a dimension or a string leaves them unknown. */
export function bytesOf(type: Type): number | null {
  let bytes = 0;
  for (const { dtype, shape } of leafTypes(type)) {
    let size = bytesPerElement[dtype];
    for (const dimension of shape) {
      if (dimension === null) return null;
      size *= dimension;
    }
    if (dtype === 'string') return null;
    bytes += size;
  }
  return bytes;
}
