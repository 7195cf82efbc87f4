// The memory that the lanes of a session are summed in: how many lanes may be out at a time, which slots are free,
// and where each lies in the heap that all threads share.

import type { Engine } from '@starling/compute';
import type { LinkedPlan } from '@starling/plan';
import { createPlanRunner } from '@starling/plan';
import { type LaneAccumulators, zeroAccumulators } from '../../fold/ordered-merge.js';
import { createSharedHeap, type HeapMemory, slotAt, slotBytesOf } from './shared-heap.js';
import { SlotPool } from './slot-pool.js';

/** Sums of lanes out at a time, in bytes, but for at least two lanes a worker. */
const WINDOW_BYTES = 32 << 20;
const WIDEST_WINDOW = 256;

export interface LaneMemory {
  readonly heap: HeapMemory;
  readonly phases: readonly PhaseMemory[];
}

export interface PhaseMemory {
  /** Lanes, from the first that is not merged, that may be out. */
  readonly window: number;
  readonly slots: SlotPool;
  readonly slotBytes: number;
  /** Where a slot begins in the heap. */
  slotStart(slot: number): number;
  /** The accumulators in a slot, in lists of their own, which reductions may change. */
  accumulators(slot: number): LaneAccumulators;
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
    const slotBytes = slotBytesOf(each);
    const fitting = Math.floor(WINDOW_BYTES / Math.max(1, slotBytes));
    const window = Math.max(2 * workers, Math.min(fitting, WIDEST_WINDOW));
    // One more than the window: the first lane's slot holds the total until the phase has been reported.
    return { slotBytes, window, slots: window + 1 };
  });
  const { memory, slotStarts } = createSharedHeap(workers + 1, sizes);
  return {
    heap: memory,
    phases: sizes.map(({ slotBytes, window, slots }, phase) => {
      const slotStart = (slot: number): number => slotStarts[phase]! + slot * slotBytes;
      const views: LaneAccumulators[] = [];
      return {
        window,
        slots: new SlotPool(slots),
        slotBytes,
        slotStart,
        accumulators(slot) {
          const view = views[slot] ?? slotAt(memory, slotStart(slot), zeros[phase]!);
          views[slot] = view;
          return view.map((accumulator) => [...accumulator]);
        },
      };
    }),
  };
}
