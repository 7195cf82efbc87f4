// Checks of the plain numbers that some intrinsics take, one for all tensors or one for each.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { structEntries, type Type } from '../types/types.js';
import { describeValue } from '../values/to-value.js';

/** One number for all tensors, or, for a struct, one for each of its fields. */
export type PerTensor = number | readonly PerTensor[] | { readonly [name: string]: PerTensor };

/** `value`, when it is an integer from 1 to `highest`; else throws with the user's line. */
export function positiveInteger(
  intrinsic: string,
  name: string,
  value: unknown,
  highest = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= highest)
    return value as number;
  throw badSetting(intrinsic, `${name} must be an integer from 1 to ${highest}, got ${describeValue(value)}`);
}

/**
 * A setting as numbers of a plan: `{ name: n }` where one number serves all tensors, else `{ 'name.0': n, … }`, one for
 * each leaf of `member`. `settingOf` (reductions/leaf-setting.ts) reads them.
 */
export function perTensor(
  intrinsic: string,
  name: string,
  value: PerTensor,
  member: Type,
  highest?: number,
): Record<string, number> {
  if (typeof value === 'number') return { [name]: positiveInteger(intrinsic, name, value, highest) };
  const leaves: number[] = [];
  const walk = (type: Type, part: unknown): void => {
    if (type.kind !== 'struct' || typeof part === 'number') {
      const count = type.kind === 'struct' ? leafSlots(type) : 1;
      const bound = positiveInteger(intrinsic, name, part, highest);
      for (let slot = 0; slot < count; slot++) leaves.push(bound);
      return;
    }
    const fields = structEntries(type).map(([key, field], index) => [String(key ?? index), field] as const);
    const given =
      typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>) : {};
    const surplus = Object.keys(given).find((key) => !fields.some(([known]) => known === key));
    if (surplus !== undefined || fields.some(([key]) => !Object.hasOwn(given, key))) {
      throw badSetting(
        intrinsic,
        `${name} must have the fields of ${formatType(type)}, got ${describeValue(part)}`,
      );
    }
    for (const [key, field] of fields) walk(field, given[key]);
  };
  walk(member, value);
  return Object.fromEntries(leaves.map((bound, leaf) => [`${name}.${leaf}`, bound]));
}

function leafSlots(type: Type): number {
  return type.kind === 'struct'
    ? structEntries(type).reduce((sum, [, field]) => sum + leafSlots(field), 0)
    : 1;
}

function badSetting(intrinsic: string, reason: string): StarlingError {
  return new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: ${reason}${atLocation(sourceLocation())}`,
  );
}
