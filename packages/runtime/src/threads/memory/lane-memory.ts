// The memory that the lanes of a session are summed in: how many lanes may be out at a time, which cells are free,
// and where each lies in the heap that all threads share.

import type { Engine } from '@starling/compute';
import type { LinkedPlan } from '@starling/plan';
import { createPlanRunner } from '@starling/plan/runner';
import { type LaneAccumulators, zeroAccumulators } from '../../fold/ordered-merge.js';
import { CellPool } from './cell-pool.js';
import { cellAt, cellBytesOf, createSharedHeap, type HeapMemory } from './shared-heap.js';

/** Sums of lanes out at a time, in bytes, but at least two lanes a worker. */
const WINDOW_BYTES = 32 << 20;
const WIDEST_WINDOW = 256;

export interface LaneMemory {
  readonly heap: HeapMemory;
  readonly phases: readonly PhaseMemory[];
}

export interface PhaseMemory {
  /** Lanes, from the first that is not merged, that may be out. */
  readonly window: number;
  readonly cells: CellPool;
  readonly cellBytes: number;
  /** Where a cell begins in the heap. */
  cellStart(cell: number): number;
  /** The accumulators in a cell, in lists of their own, which reductions may change. */
  accumulators(cell: number): LaneAccumulators;
}

/** Lays the heap out for `workers` workers and main; `engine` runs the plan's own operators, if it has any. */
export async function createLaneMemory(
  linked: LinkedPlan,
  engine: Engine | null,
  workers: number,
): Promise<LaneMemory> {
  const runner = await createPlanRunner(linked, engine, ['aggregation']);
  const zeros = await Promise.all(
    linked.plan.phases.map((_, phase) => zeroAccumulators(runner.reductions(phase))),
  );
  const sizes = zeros.map((each) => {
    const cellBytes = cellBytesOf(each);
    const fitting = Math.floor(WINDOW_BYTES / Math.max(1, cellBytes));
    const window = Math.max(2 * workers, Math.min(fitting, WIDEST_WINDOW));
    // One more than the window: the first lane's cell holds the total until the phase has been reported.
    return { cellBytes, window, cells: window + 1 };
  });
  const { memory, cellStarts } = createSharedHeap(workers + 1, sizes);
  return {
    heap: memory,
    phases: sizes.map(({ cellBytes, window, cells }, phase) => {
      const cellStart = (cell: number): number => cellStarts[phase]! + cell * cellBytes;
      const views: LaneAccumulators[] = [];
      return {
        window,
        cells: new CellPool(cells),
        cellBytes,
        cellStart,
        accumulators(cell) {
          const view = views[cell] ?? cellAt(memory, cellStart(cell), zeros[phase]!);
          views[cell] = view;
          return view.map((accumulator) => [...accumulator]);
        },
      };
    }),
  };
}
