// Errors of plans, their bodies and what clients hold. Each has a stable `code`, which is what logs, tests and other
// languages go by.
import { StarlingError } from '@starling/federated-core';

/** A safetensors body that is not well-formed: `bad-body`. */
export class BodyError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-body', message, options);
  }
}

/** A linked plan that is not well-formed, or whose parts do not have the hashes it names: `bad-plan`. */
export class PlanError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-plan', message, options);
  }
}

/** A population that does not hold what the plan's clients must: `bad-population`. */
export class PopulationError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-population', message, options);
  }
}

/** Data of one client that is not what its population says it holds: `bad-data`. The client is dropped. */
export class ClientDataError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-data', message, options);
  }
}
