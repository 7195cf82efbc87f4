// Whatever a user handed over, in a few words: the `got` of errors.
import { isTensor } from './tensor.js';

/** A short description of any value, for error messages. */
export function describeValue(input: unknown): string {
  if (isTensor(input)) return `a tensor ${input.dtype}[${input.shape.join(',')}]`;
  if (typeof input === 'string') return `'${input.length > 40 ? `${input.slice(0, 40)}…` : input}'`;
  if (typeof input === 'bigint') return `${input}n`;
  if (Array.isArray(input)) return `an array of ${input.length}`;
  if (ArrayBuffer.isView(input))
    return `${named(input.constructor.name)} of ${(input as unknown as ArrayLike<number>).length}`;
  if (typeof input === 'function') return 'a function';
  if (typeof input === 'object' && input !== null && !isPlain(input))
    return named(input.constructor?.name ?? 'value of no class');
  if (typeof input === 'object' && input !== null)
    return `an object with fields ${Object.keys(input).join(', ') || '(none)'}`;
  return String(input);
}

const named = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;

/** Whether an object is a record, rather than a promise, a date, a tensor of tf.js or the like. */
export function isPlain(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
