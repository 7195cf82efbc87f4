// Checks of what a user writes at the door of a function, before anything is traced: options by name, numbers and their
// ranges, and kinds of values (check-kind.ts). One wording for all rooms: action, need, actual, and the user's line;
// and one answer to strings, NaN, infinities and, of what goes into a graph, to what float32 cannot hold.

import { describeValue, isPlain } from './describe-value.js';
import { didYouMean } from './nearest-name.js';
import { atLocation, sourceLocation } from './source-location.js';

/** Throws an `optionError` unless `value` is what it must be. `action` is the part before the colon. */
export type Check = (action: string, option: string, value: unknown) => void;

/** Bounds of a numeric option. */
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
  /**
   * Whether it is used as float32, as constants of a graph are: it must keep within the bounds there, and be 0 there
   * only if it is 0. False by default, for what the host computes with: times, probabilities.
   */
  readonly float32?: boolean;
}

/** The greatest count that an int32 holds, and so the greatest that a local computation can count to. */
export const MAX_COUNT = 2 ** 31 - 1;

/**
 * Throws a `RangeError`, "Cannot make sgd: learningRate must be a finite number >= 0, got NaN", unless `value` is a
 * finite number within `range`. `action` is the part before the colon. NaN, infinities, strings, bigints and
 * `undefined` are refused; so is, with `float32`, a number other than 0 that float32 holds as 0, such as 1e-50.
 */
export function checkNumber(
  action: string,
  option: string,
  value: unknown,
  range: NumberRange = {},
): asserts value is number {
  const { whole = false, float32 = false } = range;
  const fits = !whole || Number.isSafeInteger(value);
  if (typeof value === 'number' && fits && isWithin(value, range)) {
    const isLost = value !== 0 && Math.fround(value) === 0;
    if (!float32 || (!isLost && isWithin(Math.fround(value), range))) return;
    throw optionError(
      `${action}: ${option} must be ${rangeText(range)} in float32, got ${describeValue(value)}${isLost ? ', which is 0 there' : ''}`,
    );
  }
  throw optionError(`${action}: ${option} must be ${rangeText(range)}, got ${describeValue(value)}`);
}

/** `checkNumber` of a range, for a table of options. */
export const numberWithin =
  (range: NumberRange): Check =>
  (action, option, value) =>
    checkNumber(action, option, value, range);

/** The check of a count: a whole number from 1 to 2³¹ − 1. */
export const count: Check = numberWithin({ whole: true, from: 1, to: MAX_COUNT });

/** Throws a `RangeError` unless `value` is one of `choices`: strings, or true and false. */
export function checkChoice(
  action: string,
  option: string,
  value: unknown,
  choices: readonly (string | boolean)[],
): void {
  if (choices.includes(value as string)) return;
  const names = choices.map(describeValue).join(' or ');
  const near =
    typeof value === 'string'
      ? didYouMean(
          value,
          choices.filter((choice) => typeof choice === 'string'),
        )
      : '';
  throw optionError(`${action}: ${option} must be ${names}, got ${describeValue(value)}${near}`);
}

/** `checkChoice` of some choices, for a table of options. */
export const oneOf =
  (...choices: readonly (string | boolean)[]): Check =>
  (action, option, value) =>
    checkChoice(action, option, value, choices);

/** A check that `undefined` does not pass, either: the option has no default. */
export const required = (check: Check): RequiredCheck => ({ required: check });

export interface RequiredCheck {
  readonly required: Check;
}

/**
 * Throws a `RangeError`, "Cannot make adam: need options { learningRate, beta1 }, got 'beta_1'; did you mean 'beta1'?",
 * unless `options` is an object with no other fields than `known` has, which names every option there is: one that is
 * misspelled, or goes by another library's name, would be ignored. Of an option that is given, or `required`, the check
 * is called; `true` is none. `action` is the part before the colon; `elsewhere` has sentences on names that stand for
 * something else here, such as `momentum` of sgd.
 */
export function checkOptions<O extends object>(
  action: string,
  options: O,
  known: { readonly [N in keyof NoInfer<O>]-?: true | Check | RequiredCheck },
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  const names = Object.keys(known);
  const isObject = typeof options === 'object' && options !== null && isPlain(options);
  const strange = isObject ? Object.keys(options).find((name) => !names.includes(name)) : null;
  if (strange !== undefined) {
    const need = names.length === 0 ? 'no options' : `options { ${names.join(', ')} }`;
    throw optionError(`${action}: need ${need}, got ${strangeOption(options, strange, names, elsewhere)}`);
  }
  for (const [name, check] of Object.entries<true | Check | RequiredCheck>(known)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (check === true) continue;
    if (typeof check === 'object') check.required(action, name, value);
    else if (value !== undefined) check(action, name, value);
  }
}

/**
 * What is given where options are needed: a name that there is not, or something that is no object of options at all.
 */
function strangeOption(
  options: object,
  strange: string | null,
  names: readonly string[],
  elsewhere: Readonly<Record<string, string>>,
): string {
  if (strange === null) return describeValue(options);
  if (Object.hasOwn(elsewhere, strange)) return `'${strange}'. ${elsewhere[strange]}`;
  const given = Object.keys(options);
  const isOther =
    given.length > 1 && !given.some((name) => names.includes(name) || didYouMean(name, names) !== '');
  return isOther ? describeValue(options) : `'${strange}'${didYouMean(strange, names)}`;
}

/** The error of what a user wrote at a door: `message`, and the user's line. */
export function optionError(message: string, options?: ErrorOptions): RangeError {
  return new RangeError(`${message}${atLocation(sourceLocation())}`, options);
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
