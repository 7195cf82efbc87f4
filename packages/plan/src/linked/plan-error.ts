// The error of a linked plan, under its stable code.
import { StarlingError } from '@starling/federated-core';

/** A linked plan that is not well-formed, or whose parts do not have the hashes it names: `bad-plan`. */
export class PlanError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-plan', message, options);
  }
}
