// Plain JavaScript at the door of a function that a user calls: a value of a type, or an error of that call, with the
// user's line.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { ValueError } from '../errors/starling-error.js';
import type { Type } from '../types/types.js';
import { toValue } from './to-value.js';
import type { Value } from './value.js';

/**
 * As `toValue`; a misfit is a `ValueError` that says the `action` and `what` the value is: "Cannot evaluate a model:
 * dataset must be float32*: need an array of elements or a dataset, got 3".
 */
export function valueFor(action: string, what: string, type: Type, input: unknown): Value {
  try {
    return toValue(type, input);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const reason = error.message.replace(/^Cannot take a value of /, `${what} must be `);
    throw new ValueError(error.path, `${action}: ${reason}${atLocation(sourceLocation())}`, { cause: error });
  }
}
