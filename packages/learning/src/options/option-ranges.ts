// The ranges of the options of optimizers and schedules, shared by all of them.
import { checkNumber, MAX_COUNT } from '@starling/federated-core/plan';

/** Throws a `RangeError` unless `value` is a finite number of at least 0, also as float32. */
export function checkNonNegative(what: string, option: string, value: unknown): void {
  checkNumber(`Cannot make ${what}`, option, value, { from: 0, float32: true });
}

/** Throws a `RangeError` unless 0 ≤ `value` < 1, also as float32. */
export function checkFraction(what: string, option: string, value: unknown): void {
  checkNumber(`Cannot make ${what}`, option, value, { from: 0, below: 1, float32: true });
}

/** Throws a `RangeError` unless `value` is a whole number from 1 to 2³¹ − 1. */
export function checkCount(what: string, option: string, value: unknown): void {
  checkNumber(`Cannot make ${what}`, option, value, { whole: true, from: 1, to: MAX_COUNT });
}
