// Errors of what clients hold, under their stable codes: logs, tests and other languages go by these.
import { StarlingError } from '@starling/federated-core';

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

/** A client that does not hold the version of its state that it has: `state-lost`. The client is dropped. */
export class StateLostError extends StarlingError {
  constructor(version: string) {
    super(
      'state-lost',
      `Cannot work: the client no longer holds version ${version.slice(0, 12)} of its state`,
    );
  }
}
