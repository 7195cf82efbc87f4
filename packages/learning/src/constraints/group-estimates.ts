// Estimates of rates, and of their differences and quotients, with the intervals in which they lie: by Student's t and
// the covariances of the jackknife over clients.
import { studentT } from '../fairness/student-t.js';
import type { Interval, Measurement } from './figure.js';
import type { RateTable } from './rate-table.js';

export interface Estimate {
  readonly value: number;
  readonly where: string;
  /** `t`: of Student's distribution. `null` where it is not known, or has no bounds. */
  readonly within: ((t: number) => Interval | null) | null;
  readonly degrees: number;
}

export function rateAt(table: RateTable, place: number): Estimate {
  const value = table.values[place] as number;
  const variance = table.covariances?.[place]?.[place] ?? null;
  return {
    value,
    where: place === 0 ? '' : (table.names[place] as string),
    within: variance === null ? null : (t) => clipped(around(value, t * Math.sqrt(variance))),
    degrees: table.degrees,
  };
}

export function differenceOf(table: RateTable, one: number, other: number): Estimate {
  const value = (table.values[one] as number) - (table.values[other] as number);
  const parts = variancesOf(table, one, other);
  return {
    value,
    where: pairText(table, one, other),
    within:
      parts === null
        ? null
        : (t) =>
            clipped(around(value, t * Math.sqrt(Math.max(0, parts.own + parts.others - 2 * parts.both)))),
    degrees: table.degrees,
  };
}

/** Bounds as of Fieller, "Some Problems in Interval Estimation", Journal of the Royal Statistical Society B, 1954. */
export function quotientOf(table: RateTable, one: number, other: number): Estimate {
  const [above, below] = [table.values[one] as number, table.values[other] as number];
  const parts = variancesOf(table, one, other);
  return {
    value: above / below,
    where: pairText(table, one, other),
    within: parts === null ? null : (t) => quotientWithin(above, below, parts, t * t),
    degrees: table.degrees,
  };
}

interface PairVariances {
  readonly own: number;
  readonly others: number;
  readonly both: number;
}

function variancesOf({ covariances }: RateTable, one: number, other: number): PairVariances | null {
  const own = covariances?.[one]?.[one] ?? null;
  const others = covariances?.[other]?.[other] ?? null;
  const both = covariances?.[one]?.[other] ?? null;
  return own === null || others === null || both === null ? null : { own, others, both };
}

/** The quotients q for which above − q below is 0 within t errors; `null` if they have no bounds. */
function quotientWithin(
  above: number,
  below: number,
  { own, others, both }: PairVariances,
  squaredT: number,
): Interval | null {
  const square = below * below - squaredT * others;
  const half = above * below - squaredT * both;
  const discriminant = half * half - square * (above * above - squaredT * own);
  if (square <= 0 || discriminant < 0) return null;
  const root = Math.sqrt(discriminant);
  return { low: Math.max(0, (half - root) / square), high: (half + root) / square };
}

const around = (value: number, reach: number): Interval => ({ low: value - reach, high: value + reach });

/** A rate, and a difference of two that is not the wrong way round, lies between 0 and 1. */
const clipped = ({ low, high }: Interval): Interval => ({
  low: Math.min(1, Math.max(0, low)),
  high: Math.min(1, Math.max(0, high)),
});

function pairText({ rate, names, values }: RateTable, one: number, other: number): string {
  const say = (place: number): string => `${names[place]} ${shortNumber(values[place] as number)}`;
  return `${rate} ${say(one)}, ${say(other)}`;
}

export type End = 'least' | 'greatest';

/** The estimate at one end, and the ends of all intervals there. */
export function measurementOf(estimates: readonly Estimate[], end: End, open: string | null): Measurement {
  const [first] = estimates;
  if (first === undefined)
    return { value: null, absent: null, open: open ?? 'no group has it', where: '', interval: () => null };
  const pick = end === 'least' ? Math.min : Math.max;
  const value = pick(...estimates.map((each) => each.value));
  const { where } = estimates.find((each) => each.value === value) ?? first;
  return {
    value,
    absent: null,
    open,
    where,
    interval: (confidence) => {
      const t = first.degrees < 1 ? Number.NaN : studentT(confidence, first.degrees);
      const all = estimates.map(({ within }) => within?.(t) ?? null);
      if (Number.isNaN(t) || all.includes(null)) return null;
      const known = all as readonly Interval[];
      return { low: pick(...known.map(({ low }) => low)), high: pick(...known.map(({ high }) => high)) };
    },
  };
}

/** As many digits as a reader compares. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
