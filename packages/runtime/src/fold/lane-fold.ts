// Folds the updates of a cohort, lane by lane: a lane is `laneSize` neighbours of the cohort, summed in cohort
// order, and lanes are merged in order. Updates may arrive in any order and some may never come; the result
// has the same bits all the same. Every runtime folds with this.
import type { Tensor } from '@starling/federated-core';
import {
  type Aggregation,
  leafCount,
  type MaybePromise,
  type Reduction,
  splitLeaves,
} from '@starling/federated-core/plan';
import { createOrderedMerge, type LaneAccumulators, zeroAccumulators } from './ordered-merge.js';

export interface LaneFoldOptions {
  readonly aggregations: readonly Aggregation<unknown>[];
  /** Of `aggregations`, in order. */
  readonly reductions: readonly Reduction[];
  /** Clients a lane, at least 1. */
  readonly laneSize: number;
  readonly cohortSize: number;
  /** By position: how stale its update is (see `Reduction`). Default: none is. */
  readonly staleness?: readonly number[];
  /** Where lanes are summed. Default: in fresh memory. */
  readonly sums?: FoldMemory;
}

/** The memory of a fold's sums. */
export interface FoldMemory {
  /** Sums of a lane that no update has entered. */
  zeros(lane: number): MaybePromise<LaneAccumulators>;
  /** The lane's sums are not read any more. Not called for the first lane that has any, which holds the result. */
  merged(lane: number): void;
}

export interface LaneFold {
  /**
   * Adds the update of the client at `position` of the cohort, which must have passed `updateChecker`. An update that
   * comes before its turn is kept, not copied, until then. Resolves once it is folded or kept; rejects, as `finish`
   * does, where an operator of the plan fails. Throws a `RangeError` for a position out of range or taken before.
   * `added` is called once nothing reads the update any more; never, if its numbers lie in what they were added to.
   */
  accept(position: number, update: readonly Tensor[], added?: () => void): Promise<void>;
  /** Says that nothing will come from the client at `position`: refused, failed, or lost. */
  skip(position: number): Promise<void>;
  /** The accumulators of the cohort, once every position was accepted or skipped. */
  finish(): Promise<LaneAccumulators>;
  /** Resolves once nothing is being added up: what is left of a fold that was given up. */
  settled(): Promise<void>;
}

/** A fold for one phase of one round. */
export function createLaneFold(options: LaneFoldOptions): LaneFold {
  const { aggregations, reductions, laneSize, cohortSize, staleness, sums } = options;
  const accumulate = createAccumulate(aggregations, reductions);
  /** The lane whose sums become the result. */
  let first: number | null = null;
  const hasSums = new Set<number>();
  const merge = createOrderedMerge(reductions, (lane) => {
    if (!hasSums.delete(lane)) return;
    if (first === null) first = lane;
    else sums?.merged(lane);
  });
  const lanes = Array.from({ length: Math.ceil(cohortSize / laneSize) }, (_, index) => ({
    next: index * laneSize,
    end: Math.min((index + 1) * laneSize, cohortSize),
    accumulators: null as LaneAccumulators | null,
    folding: false,
  }));
  const waiting = new Map<number, Waiting | null>();
  const running = new Set<Promise<void>>();
  let taken = 0;

  const fold = async (index: number, lane: (typeof lanes)[number]): Promise<void> => {
    lane.folding = true;
    while (lane.next < lane.end) {
      const next = waiting.get(lane.next);
      if (next === undefined) break;
      if (next !== null) {
        const { update, added } = next;
        lane.accumulators ??= await (sums?.zeros(index) ?? zeroAccumulators(reductions));
        hasSums.add(index);
        lane.accumulators = await accumulate(lane.accumulators, update, staleness?.[lane.next]);
        if (added !== undefined && !holdsAny(lane.accumulators, update)) added();
      }
      waiting.delete(lane.next++);
    }
    lane.folding = false;
    if (lane.next < lane.end) return;
    const { accumulators } = lane;
    lane.accumulators = null;
    await merge.offer(index, accumulators);
  };

  const take = (position: number, next: Waiting | null): Promise<void> => {
    const index = Math.floor(position / laneSize);
    const lane = lanes[index];
    if (lane === undefined || !(position >= lane.next) || position >= lane.end || waiting.has(position)) {
      throw new RangeError(
        `Cannot fold position ${position}: need each of 0 to ${cohortSize - 1} once, got it twice or out of range`,
      );
    }
    waiting.set(position, next);
    taken++;
    if (lane.folding) return Promise.resolve(); // the call that is folding this lane takes it in its turn
    const run = fold(index, lane);
    running.add(run);
    run.then(
      () => running.delete(run),
      () => {}, // kept for `finish` to reject with
    );
    return run;
  };

  return {
    accept: (position, update, added) => take(position, { update, added }),
    skip: (position) => take(position, null),
    async finish() {
      if (taken < cohortSize) {
        throw new RangeError(`Cannot finish a fold: need all ${cohortSize} positions, got ${taken}`);
      }
      await Promise.all(running);
      return merge.result();
    },
    async settled() {
      await Promise.allSettled(running);
    },
  };
}

interface Waiting {
  readonly update: readonly Tensor[];
  readonly added: (() => void) | undefined;
}

/** Whether accumulators lie in the memory of an update, as a list of updates does. */
function holdsAny(accumulators: LaneAccumulators, update: readonly Tensor[]): boolean {
  const buffers = new Set(update.map(({ data }) => (ArrayBuffer.isView(data) ? data.buffer : data)));
  return accumulators.some((leaves) =>
    leaves.some(({ data }) => buffers.has(ArrayBuffer.isView(data) ? data.buffer : data)),
  );
}

/** Adds one update, given as the leaves of all aggregations, to the accumulators of a lane. */
export type Accumulate = (
  accumulators: LaneAccumulators,
  update: readonly Tensor[],
  staleness?: number,
) => Promise<LaneAccumulators>;

/** Splits an update among the aggregations of a phase. */
export function createAccumulate(
  aggregations: readonly Aggregation<unknown>[],
  reductions: readonly Reduction[],
): Accumulate {
  const counts = aggregations.map(({ update }) => leafCount(update));
  return async (accumulators, update, staleness) => {
    const next: LaneAccumulators[number][] = [];
    for (const [index, leaves] of splitLeaves(update, counts).entries()) {
      const added = reductions[index]!.accumulate(accumulators[index]!, leaves, staleness);
      next.push(added instanceof Promise ? await added : added);
    }
    return next;
  };
}
