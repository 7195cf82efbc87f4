// Checks of the options of optimizers and schedules, shared by all of them.

/** Throws a `RangeError` unless `value` is a finite number of at least 0. */
export function checkNonNegative(what: string, option: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`Cannot make ${what}: ${option} must be a finite number >= 0, got ${value}`);
  }
}

/** Throws a `RangeError` unless 0 ≤ `value` < 1. */
export function checkFraction(optimizer: string, option: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`Cannot make ${optimizer}: ${option} must be from 0 to below 1, got ${value}`);
  }
}

/** Throws a `RangeError` unless `value` is a whole number of at least 1. */
export function checkCount(what: string, option: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`Cannot make ${what}: ${option} must be a whole number >= 1, got ${value}`);
  }
}
