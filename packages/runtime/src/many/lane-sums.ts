// Sums rows of columns lane by lane, in cohort order, as single updates are summed: the lanes of a cohort go by,
// however it is cut into parts.
import type {
  Accumulator,
  Aggregation,
  Column,
  MaybePromise,
  Reduction,
} from '@starling/federated-core/plan';
import { leafCount, splitLeaves, tensorAt } from '@starling/federated-core/plan';
import { type LaneAccumulators, zeroAccumulators } from '../fold/ordered-merge.js';

export interface LaneSums {
  /** The next clients of the cohort: the row of each, −1 for one that is lost; `null`: row by row, all of `count`. */
  add(columns: readonly Column[], rows: Int32Array | null, count: number): Promise<void>;
  /** No client comes any more. */
  end(): Promise<void>;
}

/**
 * `done` takes what each lane came to, in order; `null` if no client of it is left. It says whether it is done with the
 * accumulators, which are then used again.
 */
export type LaneDone = (lane: LaneAccumulators | null) => MaybePromise<boolean>;

export function createLaneSums(
  aggregations: readonly Aggregation<unknown>[],
  reductions: readonly Reduction[],
  laneSize: number,
  done: LaneDone,
): LaneSums {
  const counts = aggregations.map(({ update }) => leafCount(update));
  /** Others may keep parts of updates. */
  const addUpInPlace = reductions.every(({ accumulateMany }) => accumulateMany !== undefined);
  let zeros: LaneAccumulators | null = null;
  let spare: LaneAccumulators | null = null;
  let lane: LaneAccumulators | null = null;
  /** Clients of the lane that have gone by. */
  let gone = 0;

  const beginLane = async (): Promise<LaneAccumulators> => {
    if (addUpInPlace) zeros ??= await zeroAccumulators(reductions);
    return zeroAccumulators(reductions);
  };
  const endLane = (): MaybePromise<void> => {
    const ended = lane;
    lane = null;
    gone = 0;
    const isFree = done(ended);
    if (isFree instanceof Promise) return isFree.then((free) => keep(ended, free));
    return keep(ended, isFree);
  };
  const keep = (ended: LaneAccumulators | null, isFree: boolean): void => {
    if (isFree && addUpInPlace && ended !== null) spare = ended;
  };
  /** A promise only where it must wait for something. */
  const addRun = (parts: readonly (readonly Column[])[], from: number, to: number): MaybePromise<void> => {
    if (lane === null && spare !== null) {
      lane = spare;
      spare = null;
      for (const [index, accumulator] of lane.entries())
        reset(reductions[index]!, accumulator, zeros![index]!);
    }
    if (lane === null || !addUpInPlace) return addSlowly(parts, from, to);
    for (let index = 0; index < reductions.length; index++) {
      reductions[index]!.accumulateMany!(lane[index]!, parts[index]!, from, to);
    }
    return undefined;
  };
  const addSlowly = async (
    parts: readonly (readonly Column[])[],
    from: number,
    to: number,
  ): Promise<void> => {
    lane ??= await beginLane();
    for (let index = 0; index < reductions.length; index++) {
      const reduction = reductions[index]!;
      const columns = parts[index]!;
      if (reduction.accumulateMany !== undefined) reduction.accumulateMany(lane[index]!, columns, from, to);
      else lane = await addOneByOne(lane, index, reduction, columns, from, to);
    }
  };

  return {
    async add(columns, rows, count) {
      const parts = splitLeaves(columns, counts);
      for (let position = 0; position < count; ) {
        const end = Math.min(count, position + laneSize - gone);
        gone += end - position;
        while (position < end) {
          const from = rows === null ? position : rows[position]!;
          const run = rows === null ? end - position : runOf(rows, position, end);
          const added = from < 0 ? undefined : addRun(parts, from, from + run);
          if (added instanceof Promise) await added;
          position += run;
        }
        if (gone === laneSize) {
          const ended = endLane();
          if (ended instanceof Promise) await ended;
        }
      }
    },
    async end() {
      if (gone > 0) await endLane();
    },
  };
}

/** Makes sums what `zero` gives, as far as they are read. */
function reset(reduction: Reduction, accumulator: Accumulator, zero: Accumulator): void {
  if (reduction.reset !== undefined) reduction.reset(accumulator);
  else
    for (const [leaf, { data }] of accumulator.entries())
      (data as Float64Array).set(zero[leaf]!.data as Float64Array);
}

/** How many positions from the first on, before `end`, have rows that follow one another, or are lost. */
function runOf(rows: Int32Array, position: number, end: number): number {
  const from = rows[position]!;
  const step = from < 0 ? 0 : 1;
  let run = 1;
  while (position + run < end && rows[position + run] === from + step * run) run++;
  return run;
}

async function addOneByOne(
  lane: LaneAccumulators,
  index: number,
  reduction: Reduction,
  columns: readonly Column[],
  from: number,
  to: number,
): Promise<LaneAccumulators> {
  const sums = [...lane];
  for (let row = from; row < to; row++) {
    const update = columns.map((column) => tensorAt(column, row));
    sums[index] = await reduction.accumulate(sums[index]!, update);
  }
  return sums;
}
