// The ranges of numbers that several optimizers, schedules and layers take, for their tables of options; counts have
// theirs in federated-core.
import { type Check, numberWithin } from '@starling/federated-core/plan';

/** A finite number of at least 0, also as float32. */
export const nonNegative: Check = numberWithin({ from: 0, float32: true });

/** A number from 0 to below 1, also as float32. */
export const fraction: Check = numberWithin({ from: 0, below: 1, float32: true });
