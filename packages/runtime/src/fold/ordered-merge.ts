// Merges the accumulators of lanes in lane order, whatever order they arrive in: the second half of how a
// cohort is folded to the same bits everywhere. `lane-fold.ts` is the first half.
import type { Accumulator, MaybePromise, Reduction } from '@starling/federated-core/plan';

/** One accumulator for each aggregation of a phase. */
export type LaneAccumulators = readonly Accumulator[];

export interface OrderedMerge {
  /**
   * Takes what a lane came to, `null` if none of its clients is left, and merges all lanes whose turn it
   * is. May write into the first lane's accumulators, which become the result; reads others until `merged`.
   */
  offer(lane: number, accumulators: LaneAccumulators | null): Promise<void>;
  /** How many lanes, from the first, are merged and no longer read. */
  readonly merged: number;
  /** The accumulators of the whole cohort, once every lane was offered; zeros if no client is left. */
  result(): Promise<LaneAccumulators>;
}

/** `onMerged` is called for each lane in order, once it is merged and its accumulators are no longer read. */
export function createOrderedMerge(
  reductions: readonly Reduction[],
  onMerged: (lane: number) => void = () => {},
): OrderedMerge {
  const waiting = new Map<number, LaneAccumulators | null>();
  let total: LaneAccumulators | null = null;
  let merged = 0;
  let merging = false;

  return {
    get merged() {
      return merged;
    },
    async offer(lane, accumulators) {
      waiting.set(lane, accumulators);
      if (merging) return; // the call that is merging takes it in its turn
      merging = true;
      try {
        for (let next = waiting.get(merged); next !== undefined; next = waiting.get(merged)) {
          waiting.delete(merged);
          if (next !== null) total = total === null ? next : await mergeLanes(reductions, total, next);
          onMerged(merged++);
        }
      } finally {
        merging = false;
      }
    },
    async result() {
      return total ?? (await zeroAccumulators(reductions));
    },
  };
}

/** Merges lanes that come in order: what `createOrderedMerge` gives, without a turn for each lane. */
export interface LaneTotal {
  /**
   * The next lane, `null` if none of its clients is left. Gives whether it is not read any more: the first one's
   * accumulators become the result.
   */
  readonly add: (lane: LaneAccumulators | null) => MaybePromise<boolean>;
  /** Zeros if no client is left. */
  result(): Promise<LaneAccumulators>;
}

export function createLaneTotal(reductions: readonly Reduction[]): LaneTotal {
  let total: Accumulator[] | null = null;
  /** From the reduction at `first` on; a promise only where one of them gives one. */
  const merge = (sums: Accumulator[], lane: LaneAccumulators, first: number): MaybePromise<boolean> => {
    for (let index = first; index < reductions.length; index++) {
      const merged = reductions[index]!.merge(sums[index]!, lane[index]!);
      if (merged instanceof Promise) {
        return merged.then((made) => {
          sums[index] = made;
          return merge(sums, lane, index + 1);
        });
      }
      sums[index] = merged;
    }
    return true;
  };
  return {
    add(lane) {
      if (lane === null) return true;
      if (total !== null) return merge(total, lane, 0);
      total = [...lane];
      return false;
    },
    result: async () => total ?? (await zeroAccumulators(reductions)),
  };
}

/** Accumulators that no update has entered. */
export async function zeroAccumulators(reductions: readonly Reduction[]): Promise<LaneAccumulators> {
  const zeros: Accumulator[] = [];
  for (const reduction of reductions) zeros.push(await reduction.zero());
  return zeros;
}

async function mergeLanes(
  reductions: readonly Reduction[],
  left: LaneAccumulators,
  right: LaneAccumulators,
): Promise<LaneAccumulators> {
  const merged: Accumulator[] = [];
  for (const [index, reduction] of reductions.entries()) {
    merged.push(await reduction.merge(left[index]!, right[index]!));
  }
  return merged;
}
