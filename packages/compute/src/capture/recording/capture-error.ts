// Errors of capturing. Each says what cannot be captured, on which line of the user's code, and how to fix it.
import { StarlingError } from '@starling/federated-core';
import { atLocation, sourceLocation } from '@starling/federated-core/plan';

export type CaptureErrorCode =
  | 'value-read'
  | 'randomness'
  | 'hidden-state'
  | 'unknown-kernel'
  | 'captured-elsewhere'
  | 'disposed'
  | 'not-capturing'
  | 'unsupported-type'
  | 'computed-count'
  | 'no-such-field'
  | 'bad-result'
  | 'bad-kernel-call';

export class CaptureError extends StarlingError {
  declare readonly code: CaptureErrorCode;

  constructor(code: CaptureErrorCode, message: string, options?: ErrorOptions) {
    super(code, `${message}${atLocation(sourceLocation())}`, options);
  }
}
