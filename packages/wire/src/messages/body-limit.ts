// How long a body can be, from the types of the leaves that it carries: what a reader allows before it allocates.
import { int32, type Type, tensorType } from '@starling/federated-core';
import {
  type Aggregation,
  bytesPerElement,
  leafTypes,
  type Phase,
  sizeOf,
} from '@starling/federated-core/plan';

/** What a safetensors header may take, bytes: for all leaves, and for each (name, dtype, shape, offsets). */
const HEADER_BYTES = 1024;
const HEADER_BYTES_PER_LEAF = 256;
/** The most bytes of a body with leaves whose shapes are not known before the run. */
export const UNKNOWN_BODY_BYTES = 64 * 1024 * 1024;

/** The most bytes that a body with the leaves of `types` has; `UNKNOWN_BODY_BYTES` where a shape is not known. */
export function bodyLimit(types: readonly Type[]): number {
  const leaves = types.flatMap(leafTypes);
  if (leaves.some(({ dtype, shape }) => dtype === 'string' || shape.includes(null)))
    return UNKNOWN_BODY_BYTES;
  const data = leaves.map(({ dtype, shape }) => sizeOf(shape as readonly number[]) * bytesPerElement[dtype]);
  return data.reduce((sum, bytes) => sum + bytes, HEADER_BYTES + leaves.length * HEADER_BYTES_PER_LEAF);
}

/**
 * The most bytes of an update: as by the types of its parts, and where it is of keys, as by the most that are taken.
 */
export function updateLimit(aggregations: readonly Aggregation<unknown>[]): number {
  return bodyLimit(
    aggregations.map((each) => (each.kind === 'select-keys' ? int32(each.settings.maxKeys) : each.update)),
  );
}

/** The most bytes of the slices that one client can ask for in a phase: of each selection, a slice for each key. */
export function slicesLimit(phases: readonly Phase<unknown>[], phase: number): number {
  const types = phases[phase]!.selections.flatMap(({ keys, slice }): Type[] => {
    const source = phases[keys.phase]!.aggregations[keys.aggregation]!;
    if (source.kind !== 'select-keys') return []; // no plan that was checked has such a selection
    const { keyBound, maxKeys } = source.settings;
    const rows = Math.min(maxKeys, keyBound);
    return [
      ...leafTypes(slice).map(({ dtype, shape }) => tensorType(dtype, [rows, ...shape])),
      int32(maxKeys),
    ];
  });
  return bodyLimit(types);
}
