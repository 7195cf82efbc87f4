import { type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { SCRATCH_BYTES } from '../../simd/simd-vectors.js';
import { cellAt, cellBytesOf, createSharedHeap, vectorsOn } from './shared-heap.js';

const float64 = (...values: number[]): Tensor =>
  tensor('float64', [values.length], Float64Array.from(values));
/** Two aggregations: sums of 24 and 8 bytes, and a count of 8. */
const zeros = [[float64(0, 0, 0), float64(0)], [float64(0)]];

describe('createSharedHeap', () => {
  test('`cellBytesOf` counts all leaves, rounded up to a cache line', () => {
    assert.equal(cellBytesOf(zeros), 64);
    assert.equal(cellBytesOf([[float64(...new Array(9).fill(0))]]), 128);
    assert.equal(cellBytesOf([]), 0);
  });

  test('`createSharedHeap` puts the cells of each phase behind the scratch of all threads', () => {
    const { cellStarts } = createSharedHeap(3, [
      { cells: 2, cellBytes: 64 },
      { cells: 5, cellBytes: 128 },
    ]);
    assert.deepEqual(cellStarts, [3 * SCRATCH_BYTES, 3 * SCRATCH_BYTES + 2 * 64]);
  });

  test('`cellAt` gives views of the heap, which another thread’s views share', () => {
    const { memory, cellStarts } = createSharedHeap(1, [{ cells: 2, cellBytes: cellBytesOf(zeros) }]);
    const start = cellStarts[0]! + 64;
    const mine = cellAt(memory, start, zeros);
    (mine[1]![0]!.data as Float64Array)[0] = 7;
    const others = cellAt(memory, start, zeros);
    assert.deepEqual(
      others.map((accumulator) => accumulator.map(({ data }) => [...(data as Float64Array)])),
      [[[0, 0, 0], [0]], [[7]]],
    );
  });

  test('`vectorsOn` adds to cells when there is no SIMD memory either', () => {
    const memory = new SharedArrayBuffer(SCRATCH_BYTES + 64);
    const [sums] = cellAt(memory, SCRATCH_BYTES, zeros);
    vectorsOn(memory, 0).addWeighted(sums![0]!.data as Float64Array, Float32Array.of(1, 2, 3), 2);
    assert.deepEqual([...(sums![0]!.data as Float64Array)], [2, 4, 6]);
  });
});
