// How the reports of a run came whose rounds do not wait, as people read it: how stale they were, and the time by the
// clock of the run, virtual or real.
import type { RoundLine } from '@starling/runtime/events';
import { formatDuration, formatNumber, fromRound } from './numbers.js';

type StepLine = Pick<RoundLine, 'staleness' | 'tooStale' | 'virtualMs'>;

/** Of all rounds together. */
export interface StepTotals {
  /** How many reports were 0, 1, 2, … rounds old. */
  readonly staleness: readonly number[];
  readonly tooStale: number;
  readonly virtualMs: number;
}

export const NO_STEPS: StepTotals = { staleness: [], tooStale: 0, virtualMs: 0 };

/** With one line more; as they are, if it is none of an asynchronous run. */
export function addStep(
  totals: StepTotals,
  { staleness, tooStale = 0, virtualMs = 0 }: StepLine,
): StepTotals {
  if (staleness === undefined) return totals;
  const length = Math.max(staleness.length, totals.staleness.length);
  return {
    staleness: Array.from({ length }, (_, age) => (totals.staleness[age] ?? 0) + (staleness[age] ?? 0)),
    tooStale: totals.tooStale + tooStale,
    virtualMs: totals.virtualMs + virtualMs,
  };
}

/** `staleness 8.3`, the mean of a round; none of a round that waited. */
export function meanStaleness({ staleness = [] }: StepLine): readonly string[] {
  const count = sumOf(staleness);
  return count === 0 ? [] : [`staleness ${formatNumber(totalAge(staleness) / count)}`];
}

/**
 * `staleness of 1,000 reports: mean 8.3, median 7, at most 41; 3 more were too stale; 1.2 h by its clock`; none of no
 * steps. `first`: the first round of those that are told.
 */
export function stepLines({ staleness, tooStale, virtualMs }: StepTotals, first = 1): readonly string[] {
  const count = sumOf(staleness);
  if (count === 0) return [];
  const mean = formatNumber(totalAge(staleness) / count);
  const ages = `mean ${mean}, median ${formatNumber(medianOf(staleness))}, at most ${staleness.length - 1}`;
  const refused = tooStale === 0 ? '' : `; ${formatNumber(tooStale)} more were too stale`;
  return [
    `staleness of ${formatNumber(count)} reports${fromRound(first)}: ${ages}${refused}; ${formatDuration(virtualMs)} by its clock`,
  ];
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function totalAge(counts: readonly number[]): number {
  return counts.reduce((sum, count, age) => sum + count * age, 0);
}

/** The least age that at least half of the reports do not exceed. */
function medianOf(counts: readonly number[]): number {
  const half = sumOf(counts) / 2;
  let below = 0;
  return counts.findIndex((count) => {
    below += count;
    return below >= half;
  });
}
