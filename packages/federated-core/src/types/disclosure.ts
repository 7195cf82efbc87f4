// Which values are revealing: the server saw values of single clients to compute them. The mark stands in the type of a
// value, so that tracing, prints and TypeScript all show it.
import { isAssignable } from './relations.js';
import { type Disclosure, structEntries, type Type } from './types.js';
import { mapFields } from './unify.js';

/** Whether a value of this type, or any part of it, is revealing. Of a function: whether its result is. */
export function reveals(type: Type): boolean {
  switch (type.kind) {
    case 'federated':
      return type.disclosure === 'revealing';
    case 'struct':
      return structEntries(type).some(([, field]) => reveals(field));
    case 'function':
      return reveals(type.result);
    case 'tensor':
    case 'sequence':
    case 'abstract':
      return false;
  }
}

/** The same type with every placed part of it marked. */
export function withDisclosure(type: Type, disclosure: Disclosure): Type {
  if (type.kind === 'federated') return { ...type, disclosure };
  return type.kind === 'struct' ? mapFields(type, (field) => withDisclosure(field, disclosure)) : type;
}

/** Whether a parameter takes a value of type `given`: it fits, and how it came to be is not asked. */
export function accepts(parameter: Type, given: Type): boolean {
  return isAssignable(withDisclosure(parameter, 'revealing'), given);
}
