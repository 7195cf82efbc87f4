// Kinds of options that say how a client trains, for the work itself and for algorithms that pass them on.
import { type Check, describeValue, MAX_COUNT, optionError } from '@starling/federated-core/plan';
import { OPTIMIZER_NAMES, optimizerKind } from '../optimizers/optimizer-kind.js';

/** Of a function of the round: its result is checked where it is traced. */
export const clientOptimizerKind: Check = (action, option, value) => {
  if (typeof value !== 'function' || isMaker(value)) optimizerKind(action, option, value);
};

/** An optimizer's own function, handed over uncalled, is taken for a function of the round. */
const isMaker = (value: { readonly name: string }): boolean => OPTIMIZER_NAMES.includes(value.name);

/** A count of examples, or `full`. */
export const batchSizeKind: Check = (action, option, value) => {
  if (value === 'full') return;
  const isCount =
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_COUNT;
  if (isCount) return;
  throw optionError(
    `${action}: ${option} must be a whole number from 1 to ${MAX_COUNT}, or 'full', got ${describeValue(value)}`,
  );
};
