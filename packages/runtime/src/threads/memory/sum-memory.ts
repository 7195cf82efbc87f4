// Sums of a session that folds on one thread, over sockets: cells where vectors add up in place, used again round after
// round. A lane that finds no cell free is summed in memory of its own, to the same bits.
import type { Engine } from '@starling/compute';
import type { Reduction, VectorKernels } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { FoldMemory } from '../../fold/lane-fold.js';
import { type LaneAccumulators, zeroAccumulators } from '../../fold/ordered-merge.js';
import { createLaneMemory } from './lane-memory.js';
import { vectorsOn } from './shared-heap.js';
import { writeLeaves } from './shared-leaves.js';

export interface SumMemory {
  /** The loops for these sums, on this thread alone. */
  readonly vectors: VectorKernels;
  /** For a lane fold of a phase. The one before must be settled, and what it gave reported: it is written over. */
  begin(phase: number, reductions: readonly Reduction[]): FoldMemory;
}

/** `engine` runs the plan's own operators, if it has any. */
export async function createSumMemory(linked: LinkedPlan, engine: Engine): Promise<SumMemory> {
  const { heap, phases } = await createLaneMemory(linked, engine, 1);
  return {
    vectors: vectorsOn(heap, 0),
    begin(phase, reductions) {
      const { window, cells, accumulators } = phases[phase]!;
      cells.releaseAll();
      let zeros: LaneAccumulators | null = null;
      /** Cells by the lane that is summed there. */
      const taken = new Map<number, number>();
      return {
        async zeros(lane) {
          zeros ??= await zeroAccumulators(reductions);
          if (taken.size > window) return zeroAccumulators(reductions);
          const cell = cells.acquire();
          taken.set(lane, cell);
          return resetCell(accumulators(cell), zeros, reductions);
        },
        merged(lane) {
          const cell = taken.get(lane);
          if (cell === undefined || !taken.delete(lane)) return;
          cells.release(cell);
        },
      };
    },
  };
}

/** The accumulators as before any update, in lists that reductions may change. */
export function resetCell(
  cell: LaneAccumulators,
  zeros: LaneAccumulators,
  reductions: readonly Reduction[],
): LaneAccumulators {
  return cell.map((accumulator, index) => {
    const { reset } = reductions[index]!;
    if (reset === undefined) writeLeaves(accumulator, zeros[index]!);
    else reset(accumulator);
    return [...accumulator];
  });
}
