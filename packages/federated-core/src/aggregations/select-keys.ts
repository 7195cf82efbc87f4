// What takes the clients' keys for `federatedSelect` in a plan: every client's own, in cohort order. The accumulator is
// one int32[n] a client.
import { keyOutOfRange, RejectedUpdateError } from '../errors/starling-error.js';
import type { Tensor } from '../values/tensor.js';
import { collectReduction } from './collect.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import type { Reduction } from './reduction.js';

/** How many keys a client may send for one selection when neither the user nor their type says: 4 MiB of them. */
export const MAX_KEYS = 2 ** 20;

/**
 * Update: a client's keys, int32[n], each from 0 to `keyBound` − 1, at most `maxKeys` of them. Result:
 * <keys=int32[?],counts=int32[?]>, all keys in cohort order, and how many each client has that reported.
 */
export const selectKeysAggregation = defineAggregation({
  kind: 'select-keys',
  settings: { keyBound: 'number', maxKeys: 'number' },
  reduction: selectKeysReduction,
});

export function selectKeysReduction(
  { update }: Pick<AggregationParts<unknown>, 'update'>,
  { keyBound, maxKeys }: { readonly keyBound: number; readonly maxKeys: number },
): Reduction {
  const { zero, accumulate, merge } = collectReduction({ update });
  return {
    zero,
    check([keys]) {
      const refusal = refuseKeys(keys!.data as Int32Array, keyBound, maxKeys);
      if (refusal !== null) throw refusal;
    },
    accumulate,
    merge,
    report: (accumulator) => {
      const counts = Int32Array.from(accumulator, ({ data }) => data.length);
      return [joinAll(accumulator), { dtype: 'int32', shape: [counts.length], data: counts }];
    },
  };
}

/** Why a client's keys are refused: one that is out of range, or too many; `null` if they are fine. */
export function refuseKeys(keys: Int32Array, keyBound: number, maxKeys: number): RejectedUpdateError | null {
  if (keys.length > maxKeys) {
    return new RejectedUpdateError(
      'too-many-keys',
      `Cannot select slices: a client may ask for ${maxKeys} at most, got ${keys.length}`,
    );
  }
  const strange = keys.find((key) => key < 0 || key >= keyBound);
  if (strange === undefined) return null;
  return keyOutOfRange(strange, keyBound);
}

function joinAll(parts: readonly Tensor[]): Tensor {
  const data = new Int32Array(parts.reduce((total, { data: keys }) => total + keys.length, 0));
  let start = 0;
  for (const { data: keys } of parts) {
    data.set(keys as Int32Array, start);
    start += keys.length;
  }
  return { dtype: 'int32', shape: [data.length], data };
}
