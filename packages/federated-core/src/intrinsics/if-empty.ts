// The `ifEmpty` option of aggregates that are undefined without clients.
import type { IntrinsicSettings } from '../expression/expression.js';
import type { FederatedType, Type } from '../types/types.js';
import { flatten } from '../values/flatten.js';
import type { HostInput } from '../values/host-types.js';
import { toValue } from '../values/to-value.js';

export interface IfEmpty<M extends Type = Type> {
  /** The aggregate where it is undefined: no client reported, or the total weight is 0. By default the round fails. */
  readonly ifEmpty?: HostInput<M>;
}

export function ifEmptyLeaves(
  { member }: FederatedType,
  { ifEmpty }: { readonly ifEmpty?: unknown },
): IntrinsicSettings {
  return ifEmpty === undefined ? {} : { ifEmpty: flatten(member, toValue(member, ifEmpty)) };
}
