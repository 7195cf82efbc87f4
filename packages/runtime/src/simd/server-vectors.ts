// Vectors for the server's own programs: what it checks of aggregates and of a new state is read once a round, while
// all workers wait for it.
import { plainVectors, type VectorKernels } from '@starling/federated-core/plan';
import { hasSimd, SCRATCH_BYTES, simdVectors } from './simd-vectors.js';
import { Memory } from './web-assembly.js';

const PAGE_BYTES = 1 << 16;

let made: VectorKernels | null = null;

/** On 128-bit vectors if the machine has them; made once a process. */
export function serverVectors(): VectorKernels {
  made ??= hasSimd() ? simdVectors(scratchMemory(), 0) : plainVectors;
  return made;
}

function scratchMemory() {
  const pages = SCRATCH_BYTES / PAGE_BYTES;
  return new Memory({ initial: pages, maximum: pages, shared: true });
}
