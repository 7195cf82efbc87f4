// Slots for the sums of lanes: shared memory laid out as the accumulators of a phase, used again round after
// round. A worker sums into a slot, main merges out of it.
import type { LaneAccumulators } from '../fold/ordered-merge.js';
import { byteLength, shareLike } from './shared-leaves.js';

export class SlotPool {
  private readonly slots: LaneAccumulators[] = [];
  private free: number[] = [];

  /** `zeros`: accumulators that no update has entered. */
  constructor(private readonly zeros: LaneAccumulators) {}

  get bytesPerSlot(): number {
    return this.zeros.reduce((total, accumulator) => total + byteLength(accumulator), 0);
  }

  acquire(): number {
    return this.free.pop() ?? this.slots.push(this.zeros.map(shareLike)) - 1;
  }

  release(slot: number): void {
    this.free.push(slot);
  }

  /** All slots are free again, as between phases. */
  releaseAll(): void {
    this.free = this.slots.map((_, slot) => slot).reverse();
  }

  memory(slot: number): LaneAccumulators {
    return this.slots[slot]!;
  }
}
