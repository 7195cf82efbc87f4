// The shared memory of a session, cut into pieces once, at the start: cells for the sums of lanes, and scratch for
// each thread. It is a WebAssembly memory where SIMD is there, so that sums are added up where they lie.
import type { Tensor } from '@starling/federated-core';
import { plainVectors, type VectorKernels } from '@starling/federated-core/plan';
import type { LaneAccumulators } from '../../fold/ordered-merge.js';
import { hasSimd, SCRATCH_BYTES, simdVectors } from '../../simd/simd-vectors.js';
import { Memory, type SharedMemory } from '../../simd/web-assembly.js';
import { byteLength, place } from './shared-leaves.js';

/** As a thread is given it. */
export type HeapMemory = SharedMemory | SharedArrayBuffer;

const PAGE_BYTES = 1 << 16;
const MOST_PAGES = 1 << 16;
const ALIGNMENT = 64;

export interface SharedHeap {
  readonly memory: HeapMemory;
  /** Where the cells of each phase begin; cell n is n · `cellBytes` further. */
  readonly cellStarts: readonly number[];
}

/**
 * A heap for `threads` threads and, for each phase, `cells` cells of `cellBytes`. Pages that are never written take
 * no memory.
 */
export function createSharedHeap(
  threads: number,
  phases: readonly { readonly cells: number; readonly cellBytes: number }[],
): SharedHeap {
  let end = threads * SCRATCH_BYTES;
  const cellStarts = phases.map(({ cells, cellBytes }) => {
    const start = end;
    end += cells * cellBytes;
    return start;
  });
  const pages = Math.ceil(end / PAGE_BYTES);
  const memory =
    hasSimd() && pages <= MOST_PAGES
      ? new Memory({ initial: pages, maximum: pages, shared: true })
      : new SharedArrayBuffer(end);
  return { memory, cellStarts };
}

/** Bytes from one cell to the next. */
export function cellBytesOf(zeros: LaneAccumulators): number {
  const bytes = zeros.reduce((total, accumulator) => total + byteLength(accumulator), 0);
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** The accumulators of the cell that begins at `start`: views, laid out like `zeros`. */
export function cellAt(memory: HeapMemory, start: number, zeros: LaneAccumulators): LaneAccumulators {
  const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
  let offset = start;
  return zeros.map((accumulator): readonly Tensor[] => {
    const leaves = place(accumulator, buffer, offset);
    offset += byteLength(accumulator);
    return leaves;
  });
}

/** The inner loops for the thread of that number, 0 for main. */
export function vectorsOn(memory: HeapMemory, thread: number): VectorKernels {
  return memory instanceof SharedArrayBuffer ? plainVectors : simdVectors(memory, thread * SCRATCH_BYTES);
}
