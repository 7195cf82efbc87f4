// Structs of a run as its user reads them: by a name that is misspelt undefined would be read, and go on as NaN.
import { isPlain, isTensor, optionError, refusesOtherFields } from '@starling/federated-core/plan';

/**
 * The same value, made of structs that throw a `RangeError` with their fields for any other name. `what` is what the
 * user calls it. Lists are left as they are: they may have an element for each client.
 */
export type OwnFields = <V>(what: string, value: V) => V;

/** For values of the same fields, time and again: what refuses other names is made once. */
export function createOwnFields(): OwnFields {
  const prototypes = new Map<string, object>();
  const prototypeOf = (what: string, names: readonly string[]): object => {
    const key = `${what}: ${names}`;
    let prototype = prototypes.get(key);
    if (prototype === undefined) {
      prototype = refusesOtherFields(what, names, optionError);
      prototypes.set(key, prototype);
    }
    return prototype;
  };
  return function withOwn<V>(what: string, value: V): V {
    if (typeof value !== 'object' || value === null || isTensor(value) || !isPlain(value)) return value;
    const fields = Object.entries(value).map(([name, field]) => [name, withOwn(`${what}.${name}`, field)]);
    return { __proto__: prototypeOf(what, Object.keys(value)), ...Object.fromEntries(fields) } as V;
  };
}

/** Once. */
export const withOwnFields: OwnFields = (what, value) => createOwnFields()(what, value);
