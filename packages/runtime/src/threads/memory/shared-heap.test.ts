import { type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { SCRATCH_BYTES } from '../simd/simd-vectors.js';
import { createSharedHeap, slotAt, slotBytesOf, vectorsOn } from './shared-heap.js';

const float64 = (...values: number[]): Tensor =>
  tensor('float64', [values.length], Float64Array.from(values));
/** Two aggregations: sums of 24 and 8 bytes, and a count of 8. */
const zeros = [[float64(0, 0, 0), float64(0)], [float64(0)]];

describe('createSharedHeap', () => {
  test('`slotBytesOf` counts all leaves, rounded up to a cache line', () => {
    assert.equal(slotBytesOf(zeros), 64);
    assert.equal(slotBytesOf([[float64(...new Array(9).fill(0))]]), 128);
    assert.equal(slotBytesOf([]), 0);
  });

  test('`createSharedHeap` puts the slots of each phase behind the scratch of all threads', () => {
    const { slotStarts } = createSharedHeap(3, [
      { slots: 2, slotBytes: 64 },
      { slots: 5, slotBytes: 128 },
    ]);
    assert.deepEqual(slotStarts, [3 * SCRATCH_BYTES, 3 * SCRATCH_BYTES + 2 * 64]);
  });

  test('`slotAt` gives views of the heap, which another thread’s views share', () => {
    const { memory, slotStarts } = createSharedHeap(1, [{ slots: 2, slotBytes: slotBytesOf(zeros) }]);
    const start = slotStarts[0]! + 64;
    const mine = slotAt(memory, start, zeros);
    (mine[1]![0]!.data as Float64Array)[0] = 7;
    const others = slotAt(memory, start, zeros);
    assert.deepEqual(
      others.map((accumulator) => accumulator.map(({ data }) => [...(data as Float64Array)])),
      [[[0, 0, 0], [0]], [[7]]],
    );
  });

  test('`vectorsOn` adds to slots when there is no SIMD memory either', () => {
    const memory = new SharedArrayBuffer(SCRATCH_BYTES + 64);
    const [sums] = slotAt(memory, SCRATCH_BYTES, zeros);
    vectorsOn(memory, 0).addWeighted(sums![0]!.data as Float64Array, Float32Array.of(1, 2, 3), 2);
    assert.deepEqual([...(sums![0]!.data as Float64Array)], [2, 4, 6]);
  });
});
