// Checks of the plain options that a user writes before anything is traced: rates, counts, bounds, choices. One wording
// for all rooms, and one answer to strings, NaN, infinities and what float32 cannot hold.
import { describeValue } from './describe-value.js';

/** Bounds of a numeric option. Without `whole` it is used as float32, and so must keep within them as float32 too. */
export interface NumberRange {
  /** The least value. */
  readonly from?: number;
  /** All values are greater than this one. */
  readonly above?: number;
  /** The greatest value. */
  readonly to?: number;
  /** All values are less than this one. */
  readonly below?: number;
  /** Whether it must be an integer; false by default. */
  readonly whole?: boolean;
}

/** The greatest count that an int32 holds, and so the greatest that a local computation can count to. */
export const MAX_COUNT = 2 ** 31 - 1;

/**
 * Throws a `RangeError`, "Cannot make sgd: learningRate must be a finite number >= 0, got NaN", unless `value` is a
 * finite number within `range`. `action` is the part before the colon. NaN, infinities, strings, bigints and
 * `undefined` are refused.
 */
export function checkNumber(
  action: string,
  option: string,
  value: unknown,
  range: NumberRange = {},
): asserts value is number {
  const isFloat = range.whole !== true;
  const fits = isFloat || Number.isSafeInteger(value);
  if (typeof value === 'number' && fits && isWithin(value, range)) {
    if (!isFloat || isWithin(Math.fround(value), range)) return;
    throw new RangeError(
      `${action}: ${option} must be ${rangeText(range)} in float32, got ${describeValue(value)}`,
    );
  }
  throw new RangeError(`${action}: ${option} must be ${rangeText(range)}, got ${describeValue(value)}`);
}

/** Throws a `RangeError` unless `value` is one of `choices`: strings, or true and false. */
export function checkChoice(
  action: string,
  option: string,
  value: unknown,
  choices: readonly (string | boolean)[],
): void {
  if (choices.includes(value as string)) return;
  const names = choices.map(describeValue).join(' or ');
  throw new RangeError(`${action}: ${option} must be ${names}, got ${describeValue(value)}`);
}

function isWithin(value: number, { from, above, to, below }: NumberRange): boolean {
  return (
    Number.isFinite(value) &&
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below)
  );
}

/** "a finite number >= 0", "a whole number from 1 to 10", "a finite number > 0 and < 1". */
function rangeText({ from, above, to, below, whole = false }: NumberRange): string {
  const kind = whole ? 'a whole number' : 'a finite number';
  if (from !== undefined && to !== undefined) return `${kind} from ${from} to ${to}`;
  if (from !== undefined && below !== undefined) return `${kind} from ${from} to below ${below}`;
  const bounds = [
    ...(from === undefined ? [] : [`>= ${from}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(to === undefined ? [] : [`<= ${to}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ];
  return [kind, bounds.join(' and ')].filter((part) => part !== '').join(' ');
}
