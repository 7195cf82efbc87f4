// Whatever a user handed over, in a few words: the `got` of errors.

/** A short description of any value, for error messages. */
export function describeValue(input: unknown): string {
  if (typeof input === 'string') return `'${input.length > 40 ? `${input.slice(0, 40)}…` : input}'`;
  if (typeof input === 'bigint') return `${input}n`;
  if (typeof input === 'function') return describeFunction(input);
  if (Array.isArray(input)) return `an array of ${input.length}`;
  if (typeof input !== 'object' || input === null) return String(input);
  if (ArrayBuffer.isView(input))
    return `${named(input.constructor.name)} of ${(input as unknown as ArrayLike<number>).length}`;
  const { dtype, shape, data, dataId, kind, type, expression } = knownOf(input);
  if (typeof dtype === 'string' && Array.isArray(shape)) {
    if (typeof dataId === 'object') return `a tf.js tensor ${dtype}[${shape.join(',')}]`;
    if (Array.isArray(data) || ArrayBuffer.isView(data)) return `a tensor ${dtype}[${shape.join(',')}]`;
  }
  if (typeof type === 'object' && typeof expression === 'object')
    return `a federated value ${(input as object).toString()}`;
  if (isPlain(input)) {
    return typeof kind === 'string'
      ? `an object of kind '${kind}'`
      : `an object with fields ${fieldsOf(input)}`;
  }
  const name = nameOfClass(input);
  if (name !== undefined) return named(name);
  if (Symbol.asyncIterator in input) return 'an async iterator';
  return Symbol.iterator in input ? 'an iterator' : 'a value of no class';
}

/** What tells objects apart; of one that refuses to be asked for what it has not, nothing. */
function knownOf(input: object): Readonly<Record<string, unknown>> {
  const names = ['dtype', 'shape', 'data', 'dataId', 'kind', 'type', 'expression'].filter(
    (name) => name in input,
  );
  return Object.fromEntries(names.map((name) => [name, (input as Readonly<Record<string, unknown>>)[name]]));
}

const named = (name: string): string => `${/^[AEIOUaeiou]/.test(name) ? 'an' : 'a'} ${name}`;

/** Whether an object is a record, rather than a promise, a date, a tensor of tf.js or the like. */
export function isPlain(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is a class, which cannot be called without `new`. */
export function isClass(input: unknown): boolean {
  return typeof input === 'function' && /^class\b/.test(Function.prototype.toString.call(input));
}

const MOST_FIELDS = 8;

function fieldsOf(input: object): string {
  const names = Object.keys(input);
  if (names.length === 0) return '(none)';
  return names.length > MOST_FIELDS ? `${names.slice(0, MOST_FIELDS).join(', ')}, …` : names.join(', ');
}

/** Generators have a constructor without a name. */
function nameOfClass(input: object): string | undefined {
  const made = (input as { readonly constructor?: { readonly name?: unknown } }).constructor;
  return typeof made?.name === 'string' && made.name !== '' ? made.name : undefined;
}

function describeFunction(input: {
  readonly name: string;
  readonly constructor: { readonly name: string };
}): string {
  if (isClass(input)) return input.name === '' ? 'a class' : `the class ${input.name}`;
  const kind = input.constructor.name === 'AsyncFunction' ? 'async function' : 'function';
  return input.name === '' ? named(kind) : `the ${kind} ${input.name}`;
}
