// Errors of the store. Each has a stable `code`, which is what logs, tests and callers go by.
import { StarlingError } from '@starling/federated-core';

/** Somebody else writes to this run: `store-locked`. Nothing has changed. */
export class StoreLockedError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-locked', message, options);
  }
}

/** What is kept is damaged, and nothing whole is left to continue from: `store-damaged`. Nothing has changed. */
export class StoreDamagedError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-damaged', message, options);
  }
}

/** What is kept was written by a version of Starling with other entries: `store-format`. Nothing has changed. */
export class StoreFormatError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-format', message, options);
  }
}

/**
 * The disk refused: `store-failed`; `cause` has its error. Whether what was to be written is kept is not known: only
 * the same may be written again, or the run be opened anew.
 */
export class StoreFailedError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-failed', message, options);
  }
}

/** The caller asked for what cannot be, such as a commit of a round that has no attempt: `store-misused`. */
export class StoreMisusedError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-misused', message, options);
  }
}
