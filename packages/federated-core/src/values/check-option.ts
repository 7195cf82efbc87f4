// Checks of the plain options that a user writes before anything is traced: rates, counts, bounds, choices. One wording
// for all rooms, and one answer to strings, NaN, infinities and what float32 cannot hold.
import { describeValue, isPlain } from './describe-value.js';

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
 * `undefined` are refused; so is a float other than 0 that float32 holds as 0, such as 1e-50.
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
    const isLost = isFloat && value !== 0 && Math.fround(value) === 0;
    if (!isFloat || (!isLost && isWithin(Math.fround(value), range))) return;
    throw new RangeError(
      `${action}: ${option} must be ${rangeText(range)} in float32, got ${describeValue(value)}${isLost ? ', which is 0 there' : ''}`,
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

/**
 * Throws a `RangeError`, "Cannot make adam: need options { learningRate, beta1 }, got 'beta_1'; did you mean 'beta1'?",
 * unless `options` is an object with no other fields than `known` has, which names every option there is: one that is
 * misspelled, or goes by another library's name, would be ignored. `action` is the part before the colon.
 */
export function checkOptions<O extends object>(
  action: string,
  options: O,
  known: { readonly [N in keyof NoInfer<O>]-?: true },
): void {
  const names = Object.keys(known);
  const isObject = typeof options === 'object' && options !== null && isPlain(options);
  const strange = isObject ? Object.keys(options).find((name) => !names.includes(name)) : null;
  if (strange === undefined) return;
  const near = strange === null ? undefined : nearest(strange, names);
  const got = strange === null ? describeValue(options) : `'${strange}'`;
  throw new RangeError(
    `${action}: need options { ${names.join(', ')} }, got ${got}${near === undefined ? '' : `; did you mean '${near}'?`}`,
  );
}

/** The name that holds the other or is held by it, or takes the fewest letters to change, if less than half of them. */
function nearest(strange: string, names: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const given = plain(strange);
  const distances = names.map((name) => {
    const other = plain(name);
    const isPart = given !== '' && (given.includes(other) || other.includes(given));
    return [isPart ? 0 : editDistance(given, other) / Math.max(given.length, other.length), name] as const;
  });
  const [least] = distances.filter(([distance]) => distance < 0.5).sort(([a], [b]) => a - b);
  return least?.[1];
}

/** How many letters to insert, leave out or change lead from one word to the other (Levenshtein, 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries()) {
      const changed = (row[at] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] as number) + 1, (next[at] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
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
