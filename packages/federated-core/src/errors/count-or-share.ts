// A number of clients, or a share of a cohort whose size is not known beforehand: the two ways to say how many.
import type { Settings } from '../../aggregations/settings.js';
import { describeValue } from '../../errors/describe-value.js';
import { badRule } from './rule.js';

/** The one of both that `options` has; throws with the user's line when it has none, both, or one out of range. */
export function countOrShare<C extends string, S extends string>(
  intrinsic: string,
  options: { readonly [N in C | S]?: unknown },
  [count, share]: readonly [C, S],
): Settings {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const [whole, part] = [given[count], given[share]];
  if ((whole === undefined) === (part === undefined)) {
    throw badRule(
      intrinsic,
      `need either ${count} or ${share}, got ${whole === undefined ? 'neither' : 'both'}`,
    );
  }
  if (whole !== undefined) {
    if (Number.isSafeInteger(whole) && (whole as number) >= 0) return { [count]: whole as number };
    throw badRule(intrinsic, `${count} must be an integer >= 0, got ${describeValue(whole)}`);
  }
  if (typeof part === 'number' && part >= 0 && part < 0.5) return { [share]: part };
  throw badRule(intrinsic, `${share} must be a number from 0 to below 0.5, got ${describeValue(part)}`);
}
