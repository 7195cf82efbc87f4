// Checks of the plain numbers that some intrinsics take.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';

/** `value`, when it is an integer from 1 to `highest`; else throws with the user's line. */
export function positiveInteger(
  intrinsic: string,
  name: string,
  value: number,
  highest = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= highest) return value;
  throw new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: ${name} must be an integer from 1 to ${highest}, got ${value}${atLocation(sourceLocation())}`,
  );
}
