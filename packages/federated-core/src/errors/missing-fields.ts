// Fields that a user reads of an object that has not got them: undefined would go on, and come out as NaN or as an
// error of another library, far from the line where the name is misspelt.

import { didYouMean } from './nearest-name.js';

/** What JavaScript, a host or a library asks of any object: to them the answer stays undefined. */
const ASKED_OF_ALL: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'length',
  'kind',
  'dtype',
  'shape',
  'rank',
  'data',
  'dataId',
  'columns',
  'isDisposed',
  'asymmetricMatch',
  'nodeType',
  'tagName',
]);

/** Asked by Node for what to print in place of an object: without it, it prints the prototype, too. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

function ownFields(this: object): object {
  return { ...this };
}

/**
 * A prototype of objects whose own fields are all that they have: what is read of them by another name throws what
 * `refuse` makes of the name and the object. Methods that all objects have stay, and so do answers to symbols. An
 * object with this prototype is plain (`isPlain`).
 */
export function refusesMissing(refuse: (name: string, object: object) => Error): object {
  return new Proxy(Object.create(null) as object, {
    get(_, name, object) {
      if (name === INSPECT) return ownFields;
      if (typeof name === 'symbol' || name in Object.prototype)
        return Reflect.get(Object.prototype, name, object);
      if (ASKED_OF_ALL.has(name) || /^[@$_]/.test(name)) return undefined;
      throw refuse(name, object as object);
    },
    has: (_, name) => name in Object.prototype,
  });
}

/**
 * The same for records of the fields `names`: what is thrown says which there are. `what` stands after "Cannot read 'x'
 * of"; `makeError` adds the user's line.
 */
export function refusesOtherFields(
  what: string,
  names: readonly string[],
  makeError: (message: string) => Error,
): object {
  const need = names.length === 0 ? 'none, as it has no fields' : `one of its fields ${names.join(', ')}`;
  return refusesMissing((name) =>
    makeError(`Cannot read '${name}' of ${what}: need ${need}, got '${name}'${didYouMean(name, names)}`),
  );
}
