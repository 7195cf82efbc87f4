// Calls of functions that a user wrote, which are traced once. What they throw passes as it is, except the TypeError of
// a slip (`x.map is not a function`): it gets words that say what the function was given.
import { atLocation, locationOf } from './source-location.js';
import { StarlingError } from './starling-error.js';

/**
 * What `body` returns. Where it throws a TypeError of JavaScript's, throws a `StarlingError` (`body-failed`) whose
 * message is `action`, `given` (a sentence on what the body works with), and the words and the line of its cause.
 */
export function runBody<T>(action: string, given: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof TypeError) || isWorded(cause)) throw cause;
    throw new StarlingError(
      'body-failed',
      `${action}: ${given}, got ${cause.name}: ${cause.message}${atLocation(locationOf(cause))}`,
      { cause },
    );
  }
}

/** As house errors are: "Cannot bound a norm: …". Those of JavaScript have no colon after what cannot be done. */
function isWorded({ message }: TypeError): boolean {
  return /^Cannot [^:]+: /.test(message);
}
