// A number of clients, or a share of a cohort whose size is not known beforehand: the two ways to say how many.
import { describeValue } from './describe-value.js';

/**
 * The one of both that `options` has, by its name; throws what `fail` makes of a sentence when it has none, both, or
 * one out of its range.
 */
export function countOrShare<C extends string, S extends string>(
  options: { readonly [N in C | S]?: unknown },
  [count, share]: readonly [C, S],
  fail: (problem: string) => Error,
): { readonly [N in C | S]?: number } {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const [whole, part] = [given[count], given[share]];
  if ((whole === undefined) === (part === undefined)) {
    throw fail(`need either ${count} or ${share}, got ${whole === undefined ? 'neither' : 'both'}`);
  }
  const one = (name: string, value: number) => ({ [name]: value }) as { readonly [N in C | S]?: number };
  if (whole !== undefined) {
    if (Number.isSafeInteger(whole) && (whole as number) >= 0) return one(count, whole as number);
    throw fail(`${count} must be an integer >= 0, got ${describeValue(whole)}`);
  }
  if (typeof part === 'number' && part >= 0 && part < 0.5) return one(share, part);
  throw fail(`${share} must be a number from 0 to below 0.5, got ${describeValue(part)}`);
}
