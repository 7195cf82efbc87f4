// Cells for the sums of lanes, used again round after round: which are free. A worker sums into a cell, main merges
// out of it; where cells lie is the heap's business.
import { WorkerError } from '../../runtime/errors.js';

export class CellPool {
  private free: number[] = [];

  constructor(private readonly size: number) {
    this.releaseAll();
  }

  /** Throws a `WorkerError` if no cell is free: more lanes are out than the window allows. */
  acquire(): number {
    const cell = this.free.pop();
    if (cell === undefined)
      throw new WorkerError(`Cannot give out a lane: all ${this.size} cells are in use`);
    return cell;
  }

  release(cell: number): void {
    this.free.push(cell);
  }

  /** All cells are free again, as between phases. */
  releaseAll(): void {
    this.free = Array.from({ length: this.size }, (_, index) => this.size - 1 - index);
  }
}
