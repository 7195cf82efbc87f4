// Calls of functions that a user wrote, which are traced once. What they throw passes as it is, except the TypeError of
// a slip (`x.map is not a function`), and what a package throws for them, such as tf.js of shapes that do not fit:
// these get words that say what the function was given, and the line of the user's that led there.
import { ignoreRejections } from './ignore-rejections.js';
import { atLocation, locationOf, sourceLocation, withLongStacks } from './source-location.js';
import { isThrownByUser } from './stack-frames.js';
import { StarlingError } from './starling-error.js';

/**
 * What `body` returns; promises in it may reject without notice. Where it throws a TypeError of JavaScript's, or a
 * package throws, throws a `StarlingError` (`body-failed`) whose message is `action`, `given` (a sentence on what the
 * body works with), and the words and the line of its cause.
 */
export function runBody<T>(action: string, given: string, body: () => T): T {
  try {
    return ignoreRejections(withLongStacks(body));
  } catch (cause) {
    if (!(cause instanceof Error) || isWorded(cause)) throw cause;
    if (!(cause instanceof TypeError) && isThrownByUser(cause)) throw cause;
    throw new StarlingError(
      'body-failed',
      `${action}: ${given}, got ${cause.name}: ${cause.message}${atLocation(locationOf(cause) ?? sourceLocation())}`,
      { cause },
    );
  }
}

/** As house errors are: "Cannot bound a norm: …". Those of JavaScript have no colon after what cannot be done. */
function isWorded({ message }: Error): boolean {
  return /^Cannot [^:]+: /.test(message);
}
