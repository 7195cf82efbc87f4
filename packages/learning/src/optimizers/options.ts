// Checks of optimizer options, shared by all optimizers.

/** Throws a `RangeError` unless `value` is a finite number of at least 0. */
export function checkNonNegative(optimizer: string, option: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`Cannot make ${optimizer}: ${option} must be a finite number >= 0, got ${value}`);
  }
}

/** Throws a `RangeError` unless 0 ≤ `value` < 1. */
export function checkFraction(optimizer: string, option: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`Cannot make ${optimizer}: ${option} must be from 0 to below 1, got ${value}`);
  }
}
