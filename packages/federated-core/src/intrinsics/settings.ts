// Checks of the plain numbers that some intrinsics take, one for all tensors or one for each.
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import { structEntries, type TensorType, type Type } from '../types/types.js';
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

/** The greatest value of a setting, for each tensor. */
type HighestOf = (type: TensorType) => number;

/**
 * A setting as numbers of a plan: `{ name: n }` where one number serves all tensors, else `{ 'name.0': n, … }`, one for
 * each leaf of `member`. `settingOf` (reductions/leaf-setting.ts) reads them.
 */
export function perTensor(
  intrinsic: string,
  name: string,
  value: PerTensor,
  member: Type,
  highestOf: HighestOf = () => Number.MAX_SAFE_INTEGER,
): Record<string, number> {
  const checked = (type: Type, part: unknown): number =>
    positiveInteger(
      intrinsic,
      name,
      part,
      Math.min(Number.MAX_SAFE_INTEGER, ...leafTypes(type).map(highestOf)),
    );
  if (typeof value === 'number') return { [name]: checked(member, value) };
  const leaves: number[] = [];
  const walk = (type: Type, part: unknown): void => {
    if (type.kind !== 'struct' || typeof part === 'number') {
      const bound = checked(type, part);
      leaves.push(...leafTypes(type).map(() => bound));
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

function badSetting(intrinsic: string, reason: string): StarlingError {
  return new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: ${reason}${atLocation(sourceLocation())}`,
  );
}
