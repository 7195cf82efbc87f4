// The `ifEmpty` option of aggregates that are undefined without clients.
import type { IntrinsicSettings } from '../../expression/expression.js';
import type { AnyClientsValue } from '../../expression/placed-values.js';
import type { Type } from '../../types/types.js';
import type { HostInput } from '../../values/host-types.js';
import { memberOf } from './apply.js';
import { literal } from './literal.js';

export interface IfEmpty<M extends Type = Type> {
  /** The aggregate when it is undefined: no client reported, or the total weight is 0. By default the round fails. */
  readonly ifEmpty?: HostInput<M>;
}

/** The option as a setting of `intrinsic`, for an aggregate of `given`. */
export function ifEmptyLeaves(
  intrinsic: string,
  given: AnyClientsValue,
  { ifEmpty }: { readonly ifEmpty?: unknown },
): IntrinsicSettings {
  const member = memberOf(given);
  if (ifEmpty === undefined || member === null) return {};
  return { ifEmpty: literal(`apply ${intrinsic}`, 'ifEmpty', ifEmpty, member).leaves };
}
