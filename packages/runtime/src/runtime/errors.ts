// Errors of the runtime room. Each has a stable `code`, which is what logs, tests and other languages go by.
import { StarlingError } from '@starling/federated-core';

/** A round in which fewer clients reported than the run asks for: `too-few-reports`. The state is kept. */
export class TooFewReportsError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('too-few-reports', message, options);
  }
}

/** A checkpoint of another run or plan, or one that cannot be read: `bad-checkpoint`. */
export class CheckpointError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-checkpoint', message, options);
  }
}

/**
 * A server that died in the middle of a round, as a simulated fault: `server-crashed`. The run is as a kill leaves it.
 */
export class ServerCrashError extends StarlingError {
  constructor(round: number) {
    super(
      'server-crashed',
      `Cannot finish round ${round}: the server died in the middle of it, as its faults say; what is committed is kept, and the run continues with round ${round} when it is started again`,
    );
  }
}

/** A worker that failed to start, or a lane that no worker survived: `worker-lost`. */
export class WorkerError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('worker-lost', message, options);
  }
}
