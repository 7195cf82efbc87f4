// Checks of the plain numbers that some intrinsics take, one for all tensors or one for each.

import type { PerLeaf, SettingForms, SettingsOf } from '../../aggregations/settings.js';
import { describeValue } from '../../errors/describe-value.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { StarlingError } from '../../errors/starling-error.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import type { AnyClientsValue } from '../../expression/placed-values.js';
import { formatType } from '../../types/format.js';
import { leafTypes } from '../../types/leaves.js';
import { type Placement, structEntries, type TensorType, type Type } from '../../types/types.js';
import { memberOf } from './apply.js';

/** One number for all tensors, or, for a struct, one for each of its fields. */
export type PerTensor = number | readonly PerTensor[] | { readonly [name: string]: PerTensor };

/** The numbers of a call, whose intrinsic declares these `forms`. */
export function settingsOf<R extends SettingForms>(
  { settings }: Pick<IntrinsicExpression, 'settings'>,
  _rules: R,
): SettingsOf<R> {
  return (settings.numbers ?? {}) as SettingsOf<R>;
}

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

/** `placement`, when it is one; else throws with the user's line. */
export function checkedPlacement(intrinsic: string, placement: unknown): Placement {
  if (placement === 'CLIENTS' || placement === 'SERVER') return placement;
  throw badSetting(intrinsic, `placement must be 'CLIENTS' or 'SERVER', got ${describeValue(placement)}`);
}

/** The greatest value of a setting, for each tensor. */
type HighestOf = (type: TensorType) => number;

/** A setting of a plan: one number for all tensors, or one for each leaf of a member of `given`. */
export function perTensor(
  intrinsic: string,
  name: string,
  value: PerTensor,
  given: AnyClientsValue,
  highestOf: HighestOf = () => Number.MAX_SAFE_INTEGER,
): PerLeaf {
  const checked = (type: Type, part: unknown): number =>
    positiveInteger(
      intrinsic,
      name,
      part,
      Math.min(Number.MAX_SAFE_INTEGER, ...leafTypes(type).map(highestOf)),
    );
  const member = memberOf(given);
  if (member === null) return [];
  if (typeof value === 'number') return checked(member, value);
  const leaves: number[] = [];
  const walk = (type: Type, part: unknown): void => {
    if (type.kind !== 'struct' || typeof part === 'number') {
      const bound = checked(type, part);
      leaves.push(...leafTypes(type).map(() => bound));
      return;
    }
    const fields = structEntries(type).map(([key, field], index) => [String(key ?? index), field] as const);
    const parts =
      typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>) : {};
    const surplus = Object.keys(parts).find((key) => !fields.some(([known]) => known === key));
    if (surplus !== undefined || fields.some(([key]) => !Object.hasOwn(parts, key))) {
      throw badSetting(
        intrinsic,
        `${name} must have the fields of ${formatType(type)}, got ${describeValue(part)}`,
      );
    }
    for (const [key, field] of fields) walk(field, parts[key]);
  };
  walk(member, value);
  return leaves;
}

function badSetting(intrinsic: string, reason: string): StarlingError {
  return new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: ${reason}${atLocation(sourceLocation())}`,
  );
}
