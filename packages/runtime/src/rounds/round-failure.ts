// Which errors are those of one round, after which a run may continue with the next.
import {
  EmptyAggregateError,
  NonFiniteError,
  OverflowError,
  type StarlingError,
} from '@starling/federated-core';
import { TooFewReportsError } from '../runtime/errors.js';

export function isRoundFailure(error: unknown): error is StarlingError {
  return (
    error instanceof TooFewReportsError ||
    error instanceof EmptyAggregateError ||
    error instanceof OverflowError ||
    error instanceof NonFiniteError
  );
}
