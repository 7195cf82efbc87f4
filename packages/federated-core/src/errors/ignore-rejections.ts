// Bodies that are traced run once, synchronously. One that returns promises is refused; as nobody will wait for them,
// what they reject with must not end the process. `runBody` does this for the bodies that it runs.
import { isPlain } from './describe-value.js';

/** Gives back what a body returned; promises in it, at any depth of records and lists, may reject without notice. */
export function ignoreRejections<T>(returned: T): T {
  if (returned instanceof Promise) returned.catch(() => {});
  else if (Array.isArray(returned)) returned.forEach(ignoreRejections);
  else if (typeof returned === 'object' && returned !== null && isPlain(returned)) {
    Object.values(returned).forEach(ignoreRejections);
  }
  return returned;
}
