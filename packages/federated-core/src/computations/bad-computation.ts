// The one error of texts that are no computation (`bad-computation`).
import { StarlingError } from '../errors/starling-error.js';

/** The error of a text that is no computation. */
export function bad(need: string, got: string, cause?: unknown): StarlingError {
  return new StarlingError('bad-computation', `Cannot load a computation: ${need}, got ${got}`, { cause });
}

/** Throws it. */
export function fail(need: string, got: string): never {
  throw bad(need, got);
}
