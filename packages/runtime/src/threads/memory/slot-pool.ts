// Slots for the sums of lanes, used again round after round: which are free. A worker sums into a slot, main merges
// out of it; where slots lie is the heap's business.
import { WorkerError } from '../../runtime/errors.js';

export class SlotPool {
  private free: number[] = [];

  constructor(private readonly size: number) {
    this.releaseAll();
  }

  /** Throws a `WorkerError` where no slot is free: more lanes are out than the window allows. */
  acquire(): number {
    const slot = this.free.pop();
    if (slot === undefined)
      throw new WorkerError(`Cannot give out a lane: all ${this.size} slots are in use`);
    return slot;
  }

  release(slot: number): void {
    this.free.push(slot);
  }

  /** All slots are free again, as between phases. */
  releaseAll(): void {
    this.free = Array.from({ length: this.size }, (_, index) => this.size - 1 - index);
  }
}
