// One phase of a round on threads: which lane goes to which worker, and what came of it. Lanes go out longest
// first and are merged in order while others still train; only a window of lanes beyond the merged ones is
// out at a time, which bounds the memory of their sums whatever the size of the cohort.
import type { Reduction } from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan/runner';
import { createOrderedMerge, type LaneAccumulators } from '../fold/ordered-merge.js';
import type { PhaseOutcome, PhaseRequest } from '../runtime/runtime.js';
import type { CellPool } from './memory/cell-pool.js';

export interface LaneTask {
  readonly lane: number;
  /** Positions in the cohort: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** Examples that its clients hold. */
  readonly cost: number;
  cell: number | null;
  /** Whether it came to anything: `false` if none of its clients is left. */
  hasSums: boolean;
  /** How often a worker was lost with it. */
  losses: number;
}

export interface PhaseRunParts {
  readonly request: PhaseRequest;
  /** Clients a lane. */
  readonly laneSize: number;
  /** Lanes beyond the merged ones that may be at work. */
  readonly window: number;
  readonly reductions: readonly Reduction[];
  readonly cells: CellPool;
  /** How much work a client is, in any unit; the longest lane is given out first. */
  readonly cost: (client: number) => number;
}

export class PhaseRun {
  readonly request: PhaseRequest;
  private readonly window: number;
  private readonly reductions: readonly Reduction[];
  private readonly cells: CellPool;
  readonly outcome: Promise<PhaseOutcome>;
  private readonly tasks: readonly LaneTask[];
  /** Longest first. */
  private readonly waiting: LaneTask[];
  private readonly reports: ClientReport[] = [];
  private readonly merge;
  private out = 0;
  /** The lane whose sums the others are added to. */
  private total: LaneTask | null = null;
  private failure: Error | null = null;
  private settle!: { resolve(outcome: PhaseOutcome): void; reject(error: Error): void };

  constructor({ request, laneSize, window, reductions, cells, cost }: PhaseRunParts) {
    this.request = request;
    this.window = window;
    this.reductions = reductions;
    this.cells = cells;
    const { cohort } = request;
    this.tasks = Array.from({ length: Math.ceil(cohort.length / laneSize) }, (_, lane) => {
      const start = lane * laneSize;
      const end = Math.min(start + laneSize, cohort.length);
      const examples = cohort.slice(start, end).reduce((total, client) => total + cost(client), 0);
      return { lane, start, end, cost: examples, cell: null, hasSums: false, losses: 0 };
    });
    this.waiting = [...this.tasks].sort((a, b) => b.cost - a.cost || a.lane - b.lane);
    this.merge = createOrderedMerge(this.reductions, (lane) => this.onMerged(this.tasks[lane]!));
    this.outcome = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    if (this.tasks.length === 0) void this.finish();
  }

  /** Lanes that no worker has yet. */
  get waitingLanes(): number {
    return this.waiting.length;
  }

  /** The longest lane that may go out now, with a cell for its sums; `null` if all must wait. */
  take(): LaneTask | null {
    const limit = this.merge.merged + this.window;
    const index = this.waiting.findIndex(({ lane }) => lane < limit);
    if (index < 0) return null;
    const [task] = this.waiting.splice(index, 1) as [LaneTask];
    task.cell ??= this.cells.acquire();
    this.out++;
    return task;
  }

  /** A lane that must be run again, as its worker is gone. */
  putBack(task: LaneTask): void {
    this.out--;
    if (this.failure !== null) this.settleFailure();
    else this.waiting.unshift(task);
  }

  async done(
    task: LaneTask,
    accumulators: LaneAccumulators | null,
    reports: readonly ClientReport[],
  ): Promise<void> {
    this.out--;
    if (this.failure !== null) return this.settleFailure();
    task.hasSums = accumulators !== null;
    reports.forEach((report, index) => {
      this.reports[task.start + index] = report;
    });
    try {
      await this.merge.offer(task.lane, accumulators);
      if (this.merge.merged === this.tasks.length) await this.finish();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Sends out nothing more; rejects once no worker has a lane any longer. */
  fail(error: Error): void {
    this.failure ??= error;
    this.waiting.length = 0;
    this.settleFailure();
  }

  private onMerged(task: LaneTask): void {
    // The first sums have become the total: their cell is in use until the phase has been reported.
    if (this.total === null && task.hasSums) this.total = task;
    else if (task.cell !== null) this.cells.release(task.cell);
  }

  private async finish(): Promise<void> {
    this.settle.resolve({ accumulators: await this.merge.result(), reports: this.reports });
  }

  private settleFailure(): void {
    if (this.failure !== null && this.out === 0) this.settle.reject(this.failure);
  }
}
