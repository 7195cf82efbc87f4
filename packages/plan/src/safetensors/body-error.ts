// The error of a safetensors body, under its stable code.
import { StarlingError } from '@starling/federated-core';

/** A safetensors body that is not well-formed: `bad-body`. */
export class BodyError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-body', message, options);
  }
}
