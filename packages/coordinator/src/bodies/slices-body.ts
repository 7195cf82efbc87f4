// The body of a client's `slices`: of each selection of the phase, its distinct slices, and the order in which its keys
// ask for them.
import {
  bytesPerElement,
  type CohortSlices,
  clientSlices,
  type Selection,
  sizeOf,
} from '@starling/federated-core/plan';
import { encodeLeaves } from '@starling/plan/safetensors';

export function encodeSlices(
  selections: readonly Selection<string>[],
  slices: readonly CohortSlices[],
  position: number,
): Uint8Array {
  const leaves = slices.flatMap(({ rows, rowsOf }, index) => {
    const sent = clientSlices(selections[index]!.slice, rows, rowsOf[position]!);
    return [...sent.slices, sent.order];
  });
  return encodeLeaves(leaves);
}

/** Bytes of the tensors in that body, before any of it is made; strings are not counted. */
export function slicesBytes(slices: readonly CohortSlices[], position: number): number {
  return slices.reduce((total, { rows, rowsOf }) => {
    const own = rowsOf[position]!;
    const distinct = new Set(own).size;
    const order = distinct < own.length ? own.byteLength : 0;
    const bytes = rows.map(({ dtype, shape }) => sizeOf(shape.slice(1)) * bytesPerElement[dtype]);
    return bytes.reduce((sum, each) => sum + distinct * each, total + order);
  }, 0);
}
