// Structs of a run as its user reads them: by a name that is misspelt undefined would be read, and go on as NaN.
import { isPlain, isTensor, optionError, refusesOtherFields } from '@starling/federated-core/plan';

/**
 * The same value, made of structs that throw a `RangeError` with their fields for any other name. `what` is what the
 * user calls it. Lists are left as they are: they may have an element for each client.
 */
export function withOwnFields<V>(what: string, value: V): V {
  if (typeof value !== 'object' || value === null || isTensor(value) || !isPlain(value)) return value;
  const prototype = refusesOtherFields(what, Object.keys(value), optionError);
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    withOwnFields(`${what}.${name}`, field),
  ]);
  return { __proto__: prototype, ...Object.fromEntries(fields) } as V;
}
