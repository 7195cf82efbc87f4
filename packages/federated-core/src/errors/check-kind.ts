// Kinds of values that a user hands over: text, functions, records, and what further rooms name. A value of another
// kind is refused by what is needed, with what is at hand, and with the slip behind it if that is plain.
import { type Check, optionError } from './check-option.js';
import { describeValue, isClass, isPlain } from './describe-value.js';

/** What a value must be. */
export interface Kind {
  /** Completes "must be": `a type, such as float32(784)`. */
  readonly need: string;
  fits(value: unknown): boolean;
  /** A sentence on `value`, which does not fit: what to write instead. Null where nothing is to be said. */
  advice?(value: unknown): string | null;
}

/** Throws a `RangeError`, "Cannot make a model: build must be a function, got a Sequential", unless `value` fits. */
export function checkKind(action: string, option: string, value: unknown, kind: Kind): void {
  if (kind.fits(value)) return;
  const advice = kind.advice?.(value) ?? adviceOn(option, value, kind);
  const got = `${describeValue(value)}${advice === null ? '' : `. ${advice}`}`;
  throw optionError(`${action}: ${option} must be ${kind.need}, got ${got}`);
}

/** `checkKind` of a kind, for a table of options. */
export const ofKind =
  (kind: Kind): Check =>
  (action, option, value) =>
    checkKind(action, option, value, kind);

/** What is at fault with many values, whatever is needed: a promise that nobody waits for, a function not called. */
function adviceOn(option: string, value: unknown, kind: Kind): string | null {
  if (value instanceof Promise) return 'Await it before, or leave out async';
  if (typeof value !== 'function' || kind === functionKind || isClass(value)) return null;
  return value.name === '' || value.name === option
    ? 'Call it, and give what it returns'
    : `Call it: ${value.name}(…)`;
}

const functionKind: Kind = {
  need: 'a function',
  fits: (value) => typeof value === 'function' && !isClass(value),
};

/** Checks of what any room may ask for. */
export const kinds = {
  text: ofKind({ need: 'text', fits: (value) => typeof value === 'string' && value !== '' }),
  flag: ofKind({ need: 'true or false', fits: (value) => typeof value === 'boolean' }),
  /** A function that is called, not constructed. */
  callable: ofKind(functionKind),
  list: ofKind({ need: 'an array', fits: Array.isArray }),
  /** Values by name. */
  record: ofKind({
    need: 'an object of values by name',
    fits: (value) => typeof value === 'object' && value !== null && isPlain(value),
  }),
  abortSignal: ofKind({
    need: 'an AbortSignal',
    fits: (value) => hasMethods(value, ['addEventListener']) && 'aborted' in (value as object),
  }),
} as const satisfies Readonly<Record<string, Check>>;

/** Whether a value is an object with functions of these names: whether it keeps a contract, as far as it shows. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}
